"""A local web page on which a model is driven: frames go out over a WebSocket, actions come in."""
