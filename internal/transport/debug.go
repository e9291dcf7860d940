package transport

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// log writes the line of one attempt: no URL, no query, no body, no request header.
func (a *attempt) log(ctx context.Context, c *Call, resp *http.Response, err error, start time.Time) {
	if a.logger == nil || !a.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", c.Operation),
		slog.String("method", c.Method),
		slog.String("path", c.Path),
		slog.Int("attempt", c.Attempts),
		slog.Duration("duration", time.Since(start)),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", withoutURL(err).Error()))
	}
	if resp != nil {
		header := c.Redactor().Header(resp.Header)
		attrs = append(attrs, slog.Int("status", resp.StatusCode), slog.String("request_id", header.Get("Sozu-Id")),
			slog.Attr{Key: "header", Value: slog.GroupValue(logged(header)...)})
	}
	a.logger.LogAttrs(ctx, slog.LevelDebug, "clevercloud: request", attrs...)
}

// logged picks the response headers that tell something and hold no secret.
func logged(h http.Header) []slog.Attr {
	var attrs []slog.Attr
	for _, name := range [...]string{"Content-Type", "Content-Length", "Date", "Retry-After", "Server"} {
		if v := h.Get(name); v != "" {
			attrs = append(attrs, slog.String(name, v))
		}
	}
	return attrs
}
