"""The Train place: one page with the form, a summary beside it, and the review before anything is paid."""
