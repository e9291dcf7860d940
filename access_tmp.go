package clevercloud

import "encoding/json"

func decodeAccessLogEntry(data []byte, e *AccessLogEntry) error {
	type plain struct {
		ID   string         `json:"id"`
		HTTP *AccessLogHTTP `json:"http"`
	}
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	e.ID, e.HTTP = p.ID, p.HTTP
	return nil
}
