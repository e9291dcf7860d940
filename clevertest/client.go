package clevertest

import (
	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

func (s *Server) setOAuth1(consumer, consumerSecret, token, tokenSecret string) {
	s.OAuth1 = auth.OAuth1{
		ConsumerKey: consumer, ConsumerSecret: auth.Secret(consumerSecret), Token: token, TokenSecret: auth.Secret(tokenSecret),
	}
}

// Client returns a client of the server that holds the user's OAuth 1 credentials. The options come after and may change anything. It
// panics when one of them is invalid.
func (s *Server) Client(opts ...clevercloud.ClientOption) *clevercloud.Client {
	base := []clevercloud.ClientOption{clevercloud.WithBaseURL(s.URL), clevercloud.WithAuth(s.OAuth1)}
	client, err := clevercloud.New(append(base, opts...)...)
	if err != nil {
		panic("clevertest: " + err.Error())
	}
	return client
}
