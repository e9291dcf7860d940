package bench

import "testing"

// Every contender does its work, over memory and over a connection.
func TestContenders(t *testing.T) {
	server := NewServer(false)
	defer server.Close()
	groups := []Group{Framing(1000), Decoding(1000), Following(server.URL, 1000), Lists(1000)}
	for _, base := range []string{"", server.URL} {
		zone, drains, err := Calls(base)
		if err != nil {
			t.Fatal(err)
		}
		groups = append(groups, zone, drains)
	}
	for _, g := range groups {
		for _, c := range g.Contenders {
			if err := c.Run(); err != nil {
				t.Errorf("%s: %s: %v", g.Title, c.Name, err)
			}
		}
	}
	delays, err := Delays(server.URL, 3)
	if err != nil || len(delays) != 2 {
		t.Errorf("%v, %v", delays, err)
	}
	if _, err := Growth(server.URL, 10); err != nil {
		t.Error(err)
	}
	for longest, want := range map[int]int{long: 700, short: 560} {
		if size := len(entries(5000, longest)) / 5000; size < want-10 || size > want+10 {
			t.Errorf("entries take %d bytes, not %d", size, want)
		}
	}
}
