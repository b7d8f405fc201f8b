"""The practice service: an independent implementation of Segmind's contract on loopback. Never paid."""
