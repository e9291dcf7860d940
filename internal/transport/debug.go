package transport

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// log writes the line of one attempt: no URL, no query, no body, no request header.
func (r *run) log(ctx context.Context, resp *http.Response, err error, start time.Time) {
	logger := r.transport.config.Logger
	if logger == nil || !logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", r.Operation),
		slog.String("method", r.Method),
		slog.String("path", r.Path),
		slog.Int("attempt", r.Attempts),
		slog.Duration("duration", time.Since(start)),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	if resp != nil {
		attrs = append(attrs, slog.Int("status", resp.StatusCode),
			slog.String("request_id", r.secrets.hide(resp.Header.Get("Sozu-Id"))),
			slog.Attr{Key: "header", Value: slog.GroupValue(r.logged(resp.Header)...)})
	}
	logger.LogAttrs(ctx, slog.LevelDebug, "clevercloud: request", attrs...)
}

// logged picks the response headers that tell something and hold no secret.
func (r *run) logged(h http.Header) []slog.Attr {
	var attrs []slog.Attr
	for _, name := range []string{
		"Content-Type", "Content-Length", "Date", "Retry-After", "Server",
	} {
		if v := h.Get(name); v != "" {
			attrs = append(attrs, slog.String(name, r.secrets.hide(v)))
		}
	}
	return attrs
}
