"""What training did to scores: arrays and frames in, labelled results out (docs/method.md)."""
