package clevercloud

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/clevercloud-go/clevercloud/internal/redact"

	"github.com/clevercloud-go/clevercloud/auth"
)

// hint returns what an error of that status can say beyond the API's own words, "" if nothing.
func (x *exchange) hint(e *APIError) string {
	switch e.StatusCode {
	case http.StatusNotFound:
		return notFoundHint(x.path, x.ids)
	case http.StatusUnauthorized:
		return credentialsHint(x.core.config.auth)
	}
	return ""
}

func credentialsHint(a auth.Authenticator) string {
	if a == nil {
		return "the client has no credentials, see WithAuth"
	}
	text := "the API rejected the credentials"
	if s, ok := a.(auth.Sourced); ok && s.Source() != "" {
		text += " from " + s.Source()
	}
	return text + "; \"clever tokens create NAME\" makes a token for CLEVER_API_TOKEN"
}

// notFoundHint names the ids that a call was about and, where the form of one does not fit its
// place, the likely mistake.
func notFoundHint(path string, ids []string) string {
	var named []string
	mistake := ""
	for _, id := range ids {
		_, rest, _ := strings.Cut(path, "{")
		name, after, found := strings.Cut(rest, "}")
		if !found {
			break
		}
		path = after
		named = append(named, name+" "+redact.Line(id, 80))
		if mistake == "" {
			mistake = misplaced(name, id)
		}
	}
	if len(named) == 0 {
		return ""
	}
	text := strings.Join(named, ", ")
	if mistake != "" {
		text += "; " + mistake
	}
	return text
}

// misplaced says what is wrong with the form of an id for the placeholder of that name. Only forms
// that are certain are looked at.
func misplaced(placeholder, id string) string {
	prefix, _, found := strings.Cut(id, "_")
	want := ""
	switch placeholder {
	case "ownerId", "orgid":
		if want = "orga"; prefix == "user" {
			want = prefix
		}
	case "applicationId":
		want = "app"
	case "addonId":
		want = "addon"
	case "deploymentId":
		want = "deployment"
	case "networkGroupId":
		want = "ng"
	case "realAddonId", "addon-id", "pulsarId", "operator_id", "resourceId", "memberId":
		switch {
		case !found:
			return fmt.Sprintf("%q has no prefix and may be a name; Identity.Resolve finds the real id",
				redact.Line(id, 80))
		case prefix == "addon":
			return "the real id is wanted, such as postgresql_… or keycloak_…, not the add-on's; " +
				"Identity.Resolve finds it"
		}
		return ""
	}
	switch {
	case want == "" || found && prefix == want:
		return ""
	case found:
		return fmt.Sprintf("%s has the form %s_…; Identity.Resolve finds the id", placeholder, want)
	}
	return fmt.Sprintf("%s has the form %s_…, and %q may be a name; Identity.Resolve finds the id",
		placeholder, want, redact.Line(id, 80))
}
