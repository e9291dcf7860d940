package clevercloud

// LogsService is the log streams.
type LogsService service
