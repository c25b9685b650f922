"""What runs in the sandbox: a server that student code never enters, and the forks it runs in."""
