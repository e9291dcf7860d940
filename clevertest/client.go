package clevertest

// Secret and OAuth1 stand in for the types of package auth.
type Secret string

// OAuth1 is a set of OAuth 1 credentials.
type OAuth1 struct {
	ConsumerKey    string
	ConsumerSecret Secret
	Token          string
	TokenSecret    Secret
}
