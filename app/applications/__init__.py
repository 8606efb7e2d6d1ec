"""Applications, the board they are chosen on, interviews and offers."""
