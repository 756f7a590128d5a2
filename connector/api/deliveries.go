package api

import "github.com/gin-gonic/gin"

func (s *Server) deliveries(c *gin.Context) {
	list, err := s.Console.Deliveries(c.Request.Context(), identityOf(c))
	s.answer(c, gin.H{"deliveries": list}, err)
}

func (s *Server) replay(c *gin.Context) {
	var in struct {
		Session string `json:"session"` // "" = all
	}
	if !s.read(c, &in) {
		return
	}
	n, err := s.Console.Replay(c.Request.Context(), identityOf(c), in.Session)
	s.answer(c, gin.H{"letters": n}, err)
}

func (s *Server) dismiss(c *gin.Context) {
	var in struct {
		Session string `json:"session"`
		Reason  string `json:"reason"`
	}
	if !s.read(c, &in) {
		return
	}
	n, err := s.Console.Dismiss(c.Request.Context(), identityOf(c), in.Session, in.Reason)
	s.answer(c, gin.H{"letters": n}, err)
}
