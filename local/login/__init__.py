"""The page and the endpoints of Cognito's Hosted UI, over the emulated user pool."""
