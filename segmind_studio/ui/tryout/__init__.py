"""The Try place: pictures with a model that is ready, one paid call each."""
