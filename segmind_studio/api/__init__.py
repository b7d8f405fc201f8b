"""HTTP to Segmind and to its storage: requests out, decoded values in, foreign errors turned into ours."""
