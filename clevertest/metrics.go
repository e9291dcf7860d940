package clevertest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var metricRoutes = under("metrics", "/v4/stats/organisations/{ownerId}", []row{
	{"list-series", "GET", "/resources/{resourceId}/metrics",
		with((*Server).statsResource, (*Server).listSeries)},
	{"list-requests", "GET", "/requests", with((*Server).requestsOf, (*Server).listRequests)},
	{"list-status-codes", "GET", "/http-status-codes",
		with((*Server).requestsOf, (*Server).listStatusCodes)},
	{"live-requests", "GET", "/requests-live", streamOf(liveRequests)},
	{"create-read-token", "POST", "/tokens/read", (*Server).createReadToken},
	{"create-resource-read-token", "POST", "/resources/{resourceId}/tokens/read",
		with((*Server).statsResource, func(s *Server, c *call, _ string) response {
			return s.createReadToken(c)
		})},
})

var seriesUnits = map[string]string{"cpu": "percent", "mem": "percent", "load1": "load"}

const maxPoints = 10_000

// statsResource is the application or the add-on in a path, by its real id.
func (s *Server) statsResource(c *call) string {
	id := c.PathValue("resourceId")
	if s.ownerOfResource(id) != c.PathValue("ownerId") || strings.HasPrefix(id, "addon_") {
		panic(notFound("resource", id))
	}
	return id
}

// listSeries has a point for each interval of the last span: a day, every five minutes, by default.
func (s *Server) listSeries(c *call, id string) response {
	q := c.query()
	q.boolean("fill")
	interval, span := q.duration("interval", 5*time.Minute), q.duration("span", 24*time.Hour)
	end := orElse(q.time("end"), s.now())
	for _, name := range q.Values["only"] {
		if seriesUnits[name] == "" {
			return q.bad("only", "expected cpu, mem or load1")
		}
	}
	if span/interval > maxPoints {
		return q.bad("interval", "gives more than "+strconv.Itoa(maxPoints)+" points")
	}
	all := []object{}
	for _, name := range slices.Sorted(maps.Keys(seriesUnits)) {
		if !q.oneOf("only", name) {
			continue
		}
		points := []object{}
		first := end.Add(-span).Truncate(interval).Add(interval)
		for at := first; !at.After(end); at = at.Add(interval) {
			value := fmt.Sprintf("%d.%d", at.Unix()/60%40, len(name))
			points = append(points, object{{"timestamp", at.UnixMicro()}, {"value", value}})
		}
		all = append(all, object{
			{"name", name}, {"resource", id}, {"unit", seriesUnits[name]}, {"data", points},
		})
	}
	return ok(all)
}

var isoDuration = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// duration reads an ISO 8601 duration of days, hours, minutes and seconds.
func (q query) duration(name string, def time.Duration) time.Duration {
	if !q.Has(name) {
		return def
	}
	d := parseDuration(q.Get(name))
	if d <= 0 {
		panic(q.bad(name, "expected an ISO 8601 duration"))
	}
	return d
}

func parseDuration(text string) (d time.Duration) {
	units := []time.Duration{0, 24 * time.Hour, time.Hour, time.Minute, time.Second}
	for i, part := range isoDuration.FindStringSubmatch(text) {
		n, _ := strconv.Atoi(part)
		d += time.Duration(n) * units[i]
	}
	return d
}

// statsScope is what a query asks about: one application, or the whole owner.
func (s *Server) statsScope(c *call) string {
	id, ownerID := c.URL.Query().Get("applicationId"), c.PathValue("ownerId")
	if id != "" && s.ownerOfResource(id) != ownerID {
		panic(notFound("application", id))
	}
	return orElse(id, ownerID)
}

// requestsOf are the access logs that a query is about; the last day's by default.
func (s *Server) requestsOf(c *call) []logRecord {
	scope, ownerID, q := s.statsScope(c), c.PathValue("ownerId"), c.query()
	from, to := orElse(q.time("from"), s.now().AddDate(0, 0, -1)), orElse(q.time("to"), s.now())
	var found []logRecord
	for _, app := range s.applicationsOf(ownerID) {
		t := s.topics[topicKey(accessLog, string(app.ID))]
		if t != nil && (scope == ownerID || scope == string(app.ID)) {
			found = append(found, filter(t.entries, func(r logRecord) bool {
				return within(r.date, from, to)
			})...)
		}
	}
	return found
}

// listRequests answers null where there were none. All requests come from one city.
func (s *Server) listRequests(_ *call, found []logRecord) response {
	if len(found) == 0 {
		return ok(nil)
	}
	return ok([]object{{{"lat", 47.2173}, {"long", -1.5534}, {"accessCount", len(found)}}})
}

// listStatusCodes counts by the hour; what is not HTTP has the code 0.
func (s *Server) listStatusCodes(_ *call, found []logRecord) response {
	hours := map[time.Time]map[int]int{}
	for _, r := range found {
		hour := r.date.UTC().Truncate(time.Hour)
		if hours[hour] == nil {
			hours[hour] = map[int]int{}
		}
		hours[hour][r.status]++
	}
	all := []map[string]any{}
	for _, hour := range slices.SortedFunc(maps.Keys(hours), time.Time.Compare) {
		statuses := []object{}
		for _, code := range slices.Sorted(maps.Keys(hours[hour])) {
			statuses = append(statuses, object{{"code", code}, {"count", hours[hour][code]}})
		}
		all = append(all, map[string]any{"date": stamp(hour), "statuses": statuses})
	}
	return ok(all)
}

// publishRequests tells who watches the requests of an application, or of its owner, of n more.
func (s *Server) publishRequests(app string, n int) {
	if n == 0 {
		return
	}
	for _, scope := range []string{app, s.ownerOfResource(app)} {
		s.publish(liveRequests, scope, []object{{
			{"lat", 47.2173}, {"long", -1.5534}, {"city", "Nantes"}, {"accessCount", n},
		}})
	}
}

var readables = []string{"metrics", "metrics.accesslogs", "addon-api-cellar", "addon-api-fsbucket"}

// createReadToken makes a token that opens nothing here: Warp 10 is another service.
func (s *Server) createReadToken(c *call) response {
	body := struct {
		Applications []string `json:"applications"`
		TTL          string   `json:"ttl"`
	}{nil, "P5D"}
	c.decode(&body)
	if len(body.Applications) == 0 {
		body.Applications = []string{"metrics.accesslogs"}
	}
	for _, name := range body.Applications {
		if !slices.Contains(readables, name) {
			return badField("applications", name, "expected "+strings.Join(readables, ", "))
		}
	}
	ttl := parseDuration(body.TTL)
	if ttl <= 0 || ttl > 20*24*time.Hour {
		return badField("ttl", body.TTL, "expected an ISO 8601 duration of at most P20D")
	}
	return ok(map[string]any{
		"token": s.secret(), "createdAt": stamp(s.now()), "expiresAt": stamp(s.now().Add(ttl)),
		"scope": "READ", "applications": body.Applications,
	})
}
