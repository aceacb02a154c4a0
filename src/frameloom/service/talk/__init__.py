"""A local web page on which a character answers what is typed: sound and mouth go out over a WebSocket."""
