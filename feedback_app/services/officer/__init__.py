"""The officer's own room: figures, thanks, replies, appeals, and who looked."""
