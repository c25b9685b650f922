"""The readable edition: notebooks as learners get them, with what they show, as pages of HTML."""
