package clevertest

import (
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

// seed fills a new server: everything that the fields of [Server] name. Dates are relative to the
// clock.
func (s *Server) seed() {
	s.owners = make(map[string]*owner)
	s.operators = make(map[string]*operator)
	s.pulsars = make(map[string]*pulsar)
	s.topics = make(map[string]*topic)
	s.configs = make(map[string][]variable)
	s.oauth = oauthStore{map[string]string{}, map[string]*oauthToken{}, map[string]bool{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seedOwners()
	s.seedCredentials()
	s.seedZones()
	s.seedApplication()
	s.seedOperators()
	s.seedAddons()
	s.seedInvoices()
	s.seedLogs()
}

func (s *Server) seedOwners() {
	id := "user_" + s.uuid()
	user := &owner{id, s.cfg.userName, s.cfg.userName, true, []string{id}}
	s.owners[user.id] = user
	s.UserID = clevercloud.UserID(user.id)
	s.OwnerID = clevercloud.OwnerID(s.addOrganisation(s.cfg.organisationName, user.id).id)
	s.ForbiddenOwnerID = clevercloud.OwnerID(s.addOrganisation("Somebody Else").id)
}

func (s *Server) seedCredentials() {
	s.Email, s.Password = "camille@example.com", s.secret()
	consumer, consumerSecret := "consumer_"+s.secret(), s.secret()
	s.oauth.consumers[consumer] = consumerSecret
	key, token := s.addOAuthToken(consumer, string(s.UserID))
	s.setOAuth1(consumer, consumerSecret, key, token.secret)
	own := s.addToken(string(s.UserID), "clevertest", "the server's own", s.now().AddDate(1, 0, 0))
	s.Token = auth.Secret(own.secret)
	old := s.addToken(string(s.UserID), "old", "", s.now().AddDate(0, -1, 0))
	old.created = s.now().AddDate(0, -6, 0)
}

func (s *Server) seedZones() {
	const apps, eu, hds = "for:applications", "region:eu", "certification:hds"
	const clever, ovh = "infra:clever-cloud", "infra:ovh"
	for i, z := range []struct {
		name                        clevercloud.ZoneName
		display, city, country, iso string
		lat, lon                    float64
		tags                        []string
	}{
		{"par", "", "Paris", "France", "FR", 48.87, 2.33, []string{apps, clever, eu}},
		{"parhds", "HDS", "Paris", "France", "FR", 48.87, 2.33, []string{apps, hds, clever, eu}},
		{"rbx", "", "Roubaix", "France", "FR", 50.69, 3.17, []string{apps, ovh, eu}},
		{"rbxhds", "HDS", "Roubaix", "France", "FR", 50.69, 3.17, []string{apps, hds, ovh, eu}},
		{"wsw", "", "Warsaw", "Poland", "PL", 52.23, 21.01, []string{apps, ovh, eu}},
		{"mtl", "", "Montreal", "Canada", "CA", 45.5, -73.61, []string{apps, ovh}},
		{"sgp", "", "Singapore", "Singapore", "SG", 1.3, 103.8, []string{apps, ovh}},
		{"syd", "", "Sydney", "Australia", "AU", -33.85, 151.22, []string{apps, ovh}},
		{"atelier", "Atelier", "Nantes", "France", "FR", 47.22, -1.55, []string{apps, privateTag}},
	} {
		added := Zone{
			Name: z.name, DisplayName: z.display, City: z.city, Country: z.country,
			CountryCode: z.iso, Lat: z.lat, Lon: z.lon, Tags: z.tags,
			Owners: []clevercloud.OwnerID{s.OwnerID}, // of private zones
		}
		if z.name != "syd" { // one zone without known addresses
			added.OutboundIPs = []string{fmt.Sprintf("198.51.100.%d/32", 16+i)}
		}
		s.addZone(added)
	}
}

func (s *Server) seedApplication() {
	app := s.addApplication(Application{Name: "shop"})
	s.ApplicationID = app.ID
	now := s.now().Truncate(time.Second)
	deploy := func(ago time.Duration, millis int, d Deployment) *deployment {
		d.StartDate = now.Add(-ago).Add(time.Duration(millis) * time.Millisecond)
		return s.addDeployment(app, d)
	}
	const day = 24 * time.Hour
	first := deploy(20*day, 305, Deployment{CommitID: "3e1a6f4c2b7d90581fae6c3d4b2097e5f8a1c6d2"})
	broken := deploy(6*day, 900, Deployment{State: failed,
		CommitID: "77c1e0f5a8d24b36b0e99f1c5a7d2e4810cb3f69", DedicatedBuild: true})
	deploy(5*day, 0,
		Deployment{State: cancelled, Action: "REPLACE", Cause: "Monitoring/Unreachable"})
	live := deploy(2*day, 41, Deployment{CommitID: "9fceb02d0ae598e95dc970b74767f19372d61af8"})
	s.DeploymentID, s.FailedDeploymentID = live.ID, broken.ID

	s.addInstance(app, Instance{DeploymentID: first.ID, State: deleted,
		CreationDate: first.StartDate.Add(2813 * time.Millisecond),
		DeletionDate: live.StartDate.Add(141 * time.Second)})
	s.addInstance(app, Instance{DeploymentID: broken.ID, State: deleted, Flavor: "M", BuildVM: true,
		CreationDate: broken.StartDate.Add(3 * time.Second)})
	for i := range 2 {
		up := s.addInstance(app, Instance{DeploymentID: live.ID, Index: i,
			CreationDate: live.StartDate.Add(3118 * time.Millisecond)})
		s.InstanceID = orElse(s.InstanceID, up.ID)
	}
	s.addInstance(app, Instance{DeploymentID: live.ID, Index: 2, State: booting,
		CreationDate: now.Add(-20 * time.Second)})
}

func (s *Server) seedOperators() {
	for _, o := range []struct {
		provider, name string
		id             *clevercloud.OperatorID
	}{
		{"keycloak", "sso", &s.KeycloakID}, {"addon-matomo", "stats", &s.MatomoID},
		{"metabase", "bi", &s.MetabaseID}, {"otoroshi", "gateway", &s.OtoroshiID},
	} {
		a := s.seedAddon(Addon{ProviderID: o.provider, Name: o.name})
		*o.id = clevercloud.OperatorID(a.realID)
	}
}

func (s *Server) seedAddons() {
	s.PulsarClusterID = pulsarClusterID
	bus := s.seedAddon(Addon{ProviderID: "addon-pulsar", Name: "bus"})
	s.PulsarID = clevercloud.PulsarID(bus.realID)
	pg := s.seedAddon(Addon{Name: "shop-db"})
	s.AddonID, s.ResourceID = clevercloud.AddonID(pg.id), clevercloud.ResourceID(pg.realID)
}

// seedInvoices spreads twelve over this year so far, and leaves two in the last.
func (s *Server) seedInvoices() {
	now := s.now()
	january := time.Date(now.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
	s.addInvoice(Invoice{EmissionDate: january.AddDate(0, -2, 0), TotalTaxExcluded: "88.1"})
	s.addInvoice(Invoice{EmissionDate: january.AddDate(0, -1, 0), TotalTaxExcluded: "91.47"})
	const count = 12
	for i := range count {
		in := Invoice{
			EmissionDate: january.Add(now.Sub(january) / count * time.Duration(i)).
				Truncate(time.Microsecond),
			TotalTaxExcluded: fmt.Sprintf("%d.%d", 96+7*i, 37+5*i),
		}
		switch i {
		case 4:
			in.Kind, in.Status, in.TotalTaxExcluded = "CREDITNOTE", "REFUNDED", "-12.5"
		case 10:
			in.Status = "PROCESSING"
		case 11:
			in.Status, in.TotalTaxExcluded = "PENDING", "60.0"
		}
		switch number := s.addInvoice(in).Number; i {
		case 4:
			s.CreditNoteNumber = number
		case 9:
			s.InvoiceNumber = number
		case 11:
			s.UnpaidInvoiceNumber = number
		}
	}
}

func (s *Server) seedLogs() {
	n, start := s.cfg.logs, s.now().Truncate(time.Millisecond)
	entries := make([]LogEntry, 0, n)
	for i := range n {
		e := LogEntry{Date: start.Add(time.Duration(i-n)*15*time.Second +
			time.Duration(i*37%1000)*time.Millisecond)}
		e.Message, e.Severity, e.Service = seedLine(i)
		entries = append(entries, e)
	}
	s.appendLogs(string(s.ApplicationID), applicationLog, entries)
	for i := range 30 {
		e := LogEntry{Date: start.Add(time.Duration(i-30) * time.Minute),
			Message: "LOG:  checkpoint starting: time"}
		if i%2 == 1 {
			e.Message = fmt.Sprintf("LOG:  checkpoint complete: wrote %d buffers (0.3%%)", 40+i)
		}
		s.appendLogs(string(s.ResourceID), resourceLog, []LogEntry{e})
	}
	t := s.topicOf(accessLog, string(s.ApplicationID))
	for i := range 40 {
		e := AccessLogEntry{Date: start.Add(time.Duration(i-40) * 30 * time.Second),
			Path: seedPaths[i%len(seedPaths)], Status: seedStatuses[i%len(seedStatuses)]}
		switch i {
		case 13:
			e.Protocol = "TCP"
		case 29:
			e.Protocol = "SSH"
		}
		t.append(s.accessRecord(string(s.ApplicationID), t.nextID(), e))
	}
}

var (
	seedPaths    = []string{"/", "/cart", "/products/42", "/assets/app.css", "/checkout"}
	seedStatuses = []int{200, 200, 304, 200, 201, 404, 200}
)

// seedLine is the i-th line of the seeded application: mostly its own output, now and then the
// platform's or another unit's.
func seedLine(i int) (message, severity, service string) {
	severity, service = "info", "bas-deploy"
	switch {
	case i%50 == 0:
		message, service = "Health check passed", "bas"
	case i%40 == 7:
		message, service = "Connection closed by 192.0.2.14 port 51022", "sshd"
	case i%25 == 3:
		severity = "warning"
		message = fmt.Sprintf(`level=warn msg="slow query" duration=%dms`, 800+i)
	case i%60 == 11:
		message, severity = `level=error msg="payment provider timed out" attempt=1`, "err"
	case i%30 == 5:
		message = fmt.Sprintf("\x1b[32mINFO\x1b[0m commande n° %d expédiée ✓", 1000+i)
	default:
		message = fmt.Sprintf(`level=info msg="GET %s" status=%d duration=%dms`,
			seedPaths[i%len(seedPaths)], seedStatuses[i%len(seedStatuses)], 3+i%40)
	}
	return message, severity, service
}
