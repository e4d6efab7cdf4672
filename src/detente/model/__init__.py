"""The conflict as one random process: who answers whom, above what would have happened anyway."""
