package clevertest

// SeedAddon seeds a new add-on of any provider, and returns its two ids.
func (s *Server) SeedAddon(provider, prefix, name, plan string) (id, realID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.addAddon(provider, prefix, name, plan)
	a.created = s.now()
	return a.id, a.realID
}
