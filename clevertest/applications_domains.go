package clevertest

import (
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// redirectionRows are below an organisation: /v2/self has none of them.
var redirectionRows = []row{
	{"list-tcp-redirections", "GET", oneApp + "/tcpRedirs", withApp((*Server).v2Redirections)},
	{"add-tcp-redirection", "POST", oneApp + "/tcpRedirs", withApp((*Server).v2AddRedirection)},
	{"remove-tcp-redirection", "DELETE", oneApp + "/tcpRedirs/{port}",
		withApp((*Server).v2RemoveRedirection)},
}

type domain struct {
	FQDN string `json:"fqdn"`
}

func domainWire(fqdn string) domain { return domain{fqdn} }

// normalDomain has a lower-case host and a slash at its end.
func normalDomain(text string) string {
	host, path, _ := strings.Cut(text, "/")
	if path = strings.Trim(path, "/"); path != "" {
		path += "/"
	}
	return strings.ToLower(host) + "/" + path
}

var hostLabel = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9])?$`)

// domainFault says what is wrong with a domain; "" for nothing. A host of one label, and what the
// platform gives domains under, is taken for a public suffix.
func domainFault(fqdn string) string {
	host, _, _ := strings.Cut(fqdn, "/")
	labels := strings.Split(strings.TrimPrefix(host, "*."), ".")
	malformed := func(label string) bool { return !hostLabel.MatchString(label) || len(label) > 63 }
	switch {
	case host == "":
		return "The domain is empty"
	case net.ParseIP(host) != nil:
		return "An IP address is no domain"
	case slices.ContainsFunc(labels, malformed):
		return "The domain is malformed"
	case len(labels) < 2, host == "cleverapps.io", host == "*.cleverapps.io":
		return "A public suffix is no domain"
	}
	return ""
}

func (s *Server) v2Domains(_ *call, app *application) response {
	return ok(list(app.domains, domainWire))
}

func (s *Server) v2AddDomain(c *call, app *application) response {
	fqdn := normalDomain(c.PathValue("fqdn"))
	host, _, _ := strings.Cut(fqdn, "/")
	if fault := domainFault(fqdn); fault != "" {
		return v2Problem(http.StatusForbidden, 999, fault)
	}
	if host == "clever-cloud.com" || strings.HasSuffix(host, ".clever-cloud.com") {
		return v2Problem(http.StatusForbidden, 8302, "This domain is reserved")
	}
	for _, other := range s.apps {
		if slices.Contains(other.domains, fqdn) {
			return v2Problem(http.StatusForbidden, 999, "This domain is already taken")
		}
	}
	app.domains = append(app.domains, fqdn)
	return v2Done("The domain was added")
}

func (s *Server) v2RemoveDomain(c *call, app *application) response {
	fqdn := normalDomain(c.PathValue("fqdn"))
	i := slices.Index(app.domains, fqdn)
	if i < 0 {
		return notFound("domain", fqdn)
	}
	app.domains = slices.Delete(app.domains, i, i+1)
	if app.favourite == fqdn {
		app.favourite = ""
	}
	return v2Done("The domain was removed")
}

// v2FavouriteDomain answers 404 when none is set: that is no failure.
func (s *Server) v2FavouriteDomain(_ *call, app *application) response {
	if app.favourite == "" {
		return v2Problem(http.StatusNotFound, 4021, "No favourite domain is set")
	}
	return ok(domainWire(app.favourite))
}

func (s *Server) v2SetFavouriteDomain(c *call, app *application) response {
	var body domain
	c.decode(&body)
	fqdn := normalDomain(body.FQDN)
	if !slices.Contains(app.domains, fqdn) {
		return v2Problem(http.StatusBadRequest, 3004, "Invalid application data")
	}
	app.favourite = fqdn
	return ok(domainWire(fqdn))
}

func (s *Server) v2UnsetFavouriteDomain(_ *call, app *application) response {
	app.favourite = ""
	return noContent()
}

// A redirection leads from a public port to port 4040 of an application.
type redirection struct {
	Namespace string `json:"namespace"`
	Port      int    `json:"port"`
}

var namespaces = []string{"default", "cleverapps"}

func (s *Server) v2Namespaces(*call) response {
	return ok(list(namespaces, func(name string) map[string]string {
		return map[string]string{"namespace": name}
	}))
}

func (s *Server) v2Redirections(_ *call, app *application) response {
	return ok(append([]redirection{}, app.redirections...))
}

// v2AddRedirection allows one in each namespace.
func (s *Server) v2AddRedirection(c *call, app *application) response {
	var body redirection
	c.decode(&body)
	mine := func(r redirection) bool { return r.Namespace == body.Namespace }
	if !slices.Contains(namespaces, body.Namespace) || slices.ContainsFunc(app.redirections, mine) {
		return badField("namespace", body.Namespace, "it is unknown, or has a redirection already")
	}
	port := 5131
	for _, other := range s.apps {
		for _, r := range other.redirections {
			port = max(port, r.Port+1)
		}
	}
	added := redirection{body.Namespace, port}
	app.redirections = append(app.redirections, added)
	return ok(added)
}

func (s *Server) v2RemoveRedirection(c *call, app *application) response {
	namespace := c.URL.Query().Get("namespace")
	if namespace == "" {
		return badField("namespace", "", "it is missing")
	}
	i := slices.IndexFunc(app.redirections, func(r redirection) bool {
		return r.Namespace == namespace && strconv.Itoa(r.Port) == c.PathValue("port")
	})
	if i < 0 {
		return notFound("redirection", c.PathValue("port"))
	}
	app.redirections = slices.Delete(app.redirections, i, i+1)
	return noContent()
}
