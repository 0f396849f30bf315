"""What requests and answers hold, one module per resource."""
