// Package logjson reads the JSON of log entries, fast, and the dates of the API.
package logjson
