package clevertest

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const statsBase = "/v4/stats/organisations/{ownerId}"

func metricRoutes() []route {
	const resource = "/resources/{resourceId}"
	return append(under("metrics", statsBase, []row{
		{"list-series", "GET", resource + "/metrics", (*Server).listSeries},
		{"list-requests", "GET", "/requests", (*Server).listRequests},
		{"list-status-codes", "GET", "/http-status-codes", (*Server).listStatusCodes},
		{"create-read-token", "POST", "/tokens/read", (*Server).createReadToken},
		{
			"create-resource-read-token", "POST", resource + "/tokens/read",
			(*Server).createReadToken,
		},
	}), route{
		id: "metrics.live-requests", pattern: "GET " + statsBase + "/requests-live",
		stream: streamOf(liveRequests),
	})
}

// seriesUnits are the series that there are.
var seriesUnits = map[string]string{"cpu": "percent", "mem": "percent", "load1": "load"}

// maxPoints bounds a series.
const maxPoints = 10_000

type pointWire struct {
	Timestamp int64  `json:"timestamp"` // microseconds
	Value     string `json:"value"`
}

type seriesWire struct {
	Name     string      `json:"name"`
	Resource string      `json:"resource"`
	Unit     string      `json:"unit"`
	Data     []pointWire `json:"data"`
}

// statsResource is the application or the add-on in a path, by its real id.
func (s *Server) statsResource(c *call) (string, error) {
	id := c.PathValue("resourceId")
	if s.ownerOfResource(id) != c.PathValue("ownerId") || strings.HasPrefix(id, "addon_") {
		return "", notFound("resource", id)
	}
	return id, nil
}

// listSeries has a point for each interval of the last span: a day, every five minutes, by default.
func (s *Server) listSeries(c *call) (reply, error) {
	id := must(s.statsResource(c))
	q := c.query()
	q.boolean("fill")
	interval, span := q.duration("interval", 5*time.Minute), q.duration("span", 24*time.Hour)
	end := orElse(q.time("end"), s.now())
	for _, name := range q.Values["only"] {
		if seriesUnits[name] == "" {
			q.fail("only", "expected cpu, mem or load1")
		}
	}
	if q.err == nil && span/interval > maxPoints {
		q.fail("interval", "gives more than "+strconv.Itoa(maxPoints)+" points")
	}
	if q.err != nil {
		return reply{}, q.err
	}
	all := []seriesWire{}
	for _, name := range slices.Sorted(maps.Keys(seriesUnits)) {
		if q.oneOf("only", name) {
			w := seriesWire{name, id, seriesUnits[name], []pointWire{}}
			first := end.Add(-span).Truncate(interval).Add(interval)
			for at := first; !at.After(end); at = at.Add(interval) {
				w.Data = append(w.Data,
					pointWire{at.UnixMicro(), fmt.Sprintf("%d.%d", at.Unix()/60%40, len(name))})
			}
			all = append(all, w)
		}
	}
	return ok(all)
}

var isoDuration = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// duration reads an ISO 8601 duration of days, hours, minutes and seconds.
func (q *query) duration(name string, def time.Duration) time.Duration {
	if !q.Has(name) {
		return def
	}
	d := parseDuration(q.Get(name))
	if d <= 0 {
		q.fail(name, "expected an ISO 8601 duration")
		return def
	}
	return d
}

func parseDuration(text string) time.Duration {
	var d time.Duration
	for i, part := range isoDuration.FindStringSubmatch(text) {
		if i > 0 && part != "" {
			n, _ := strconv.Atoi(part)
			d += time.Duration(n) * []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second}[i-1]
		}
	}
	return d
}

// statsScope is what a query asks about: one application, or the whole owner.
func (s *Server) statsScope(c *call) (string, error) {
	id, ownerID := c.URL.Query().Get("applicationId"), c.PathValue("ownerId")
	if id == "" {
		return ownerID, nil
	}
	if s.ownerOfResource(id) != ownerID {
		return "", notFound("application", id)
	}
	return id, nil
}

// requestsOf are the access logs that a query is about; the last day's by default.
func (s *Server) requestsOf(c *call) ([]logRecord, error) {
	scope, err := s.statsScope(c)
	q := c.query()
	from, to := orElse(q.time("from"), s.now().AddDate(0, 0, -1)), orElse(q.time("to"), s.now())
	if err = firstError(err, q.err); err != nil {
		return nil, err
	}
	var found []logRecord
	for _, app := range s.applicationsOf(c.PathValue("ownerId")) {
		t := s.topics[topicKey(accessLog, string(app.ID))]
		if t == nil || scope != c.PathValue("ownerId") && scope != string(app.ID) {
			continue
		}
		for _, r := range t.entries {
			if within(r.date, from, to) {
				found = append(found, r)
			}
		}
	}
	return found, nil
}

type heatWire struct {
	Lat   float64 `json:"lat"`
	Long  float64 `json:"long"`
	City  string  `json:"city,omitempty"`
	Count int     `json:"accessCount"`
}

// listRequests answers null where there were none. All requests come from one city.
func (s *Server) listRequests(c *call) (reply, error) {
	found := must(s.requestsOf(c))
	if len(found) == 0 {
		return ok(nil)
	}
	return ok([]heatWire{{47.2173, -1.5534, "", len(found)}})
}

type statusWire struct {
	Code  int `json:"code"`
	Count int `json:"count"`
}

// listStatusCodes counts by the hour; what is not HTTP has the code 0.
func (s *Server) listStatusCodes(c *call) (reply, error) {
	found := must(s.requestsOf(c))
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
		statuses := []statusWire{}
		for _, code := range slices.Sorted(maps.Keys(hours[hour])) {
			statuses = append(statuses, statusWire{code, hours[hour][code]})
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
		t := s.topicOf(liveRequests, scope)
		data := string(marshalLog([]heatWire{{47.2173, -1.5534, "Nantes", n}}))
		t.append([]logRecord{{id: t.nextID(), data: data, date: s.now()}})
	}
}

var readables = []string{"metrics", "metrics.accesslogs", "addon-api-cellar", "addon-api-fsbucket"}

// createReadToken makes a token that opens nothing here: Warp 10 is another service.
func (s *Server) createReadToken(c *call) (reply, error) {
	if c.PathValue("resourceId") != "" {
		must(s.statsResource(c))
	}
	body := struct {
		Applications []string `json:"applications"`
		TTL          string   `json:"ttl"`
	}{nil, "P5D"}
	check(c.decode(&body))
	if len(body.Applications) == 0 {
		body.Applications = []string{"metrics.accesslogs"}
	}
	for _, name := range body.Applications {
		if !slices.Contains(readables, name) {
			return reply{}, badField("applications", name,
				"expected "+strings.Join(readables, ", "))
		}
	}
	ttl := parseDuration(body.TTL)
	if ttl <= 0 || ttl > 20*24*time.Hour {
		return reply{}, badField("ttl", body.TTL, "expected an ISO 8601 duration of at most P20D")
	}
	return jsonReply(http.StatusOK, map[string]any{
		"token": s.secret(), "createdAt": stamp(s.now()), "expiresAt": stamp(s.now().Add(ttl)),
		"scope": "READ", "applications": body.Applications,
	}), nil
}
