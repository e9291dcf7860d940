package auth

import "net/http"

type Authenticator interface{ Authenticate(*http.Request) error }
type Secret string

func (s Secret) Reveal() string { return string(s) }
