package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

func (s *Server) company(c *gin.Context) {
	co, err := s.Companies.Get(c.Request.Context(), c.Param("slug"))
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, s.companyView(co))
}

func (s *Server) makePIN(c *gin.Context) {
	var in struct {
		StartURL string `json:"startUrl"`
	}
	if !s.read(c, &in) {
		return
	}
	invitation, err := s.Sessions.Invite(c.Request.Context(), c.Param("slug"), in.StartURL, neighbourhood(s.address(c.Request)))
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, invitation)
}

func (s *Server) openTicket(c *gin.Context) {
	var in struct {
		Ticket string `json:"ticket"`
	}
	if !s.read(c, &in) {
		return
	}
	token, session, co, err := s.Sessions.OpenTicket(c.Request.Context(), in.Ticket)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"token": token, "session": session, "company": co.View()})
}
