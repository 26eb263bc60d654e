"""The commands: each reads its flags, asks a study or the chain, and prints, writes or saves the answer."""
