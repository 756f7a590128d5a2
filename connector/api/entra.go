package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/sessions"
)

// entraView is where a company's people sign in with Entra ID.
type entraView struct {
	Client    string `json:"client"`
	Tenant    string `json:"tenant"` // or "organizations", when people of several are let in
	Authority string `json:"authority"`
}

// companyView is a company with what its pages need to sign people in; it is public.
type companyView struct {
	live.CompanyView
	Entra *entraView `json:"entra,omitempty"`
}

func (s *Server) companyView(co company.Company) companyView {
	v := companyView{CompanyView: co.View()}
	if co.Entra != nil {
		v.Entra = &entraView{Client: co.Entra.Client, Tenant: co.Entra.Directory(), Authority: s.EntraAuthority}
	}
	return v
}

func (s *Server) agentEntra(c *gin.Context) {
	var in struct {
		Company      string `json:"company"`
		Token        string `json:"token"`
		Conversation string `json:"conversation"`
		Origin       string `json:"origin"`
	}
	if !s.read(c, &in) {
		return
	}
	token, who, err := s.Sessions.EntraLaunch(c.Request.Context(),
		sessions.EntraEntry{Company: in.Company, Token: in.Token, Conversation: in.Conversation, Origin: in.Origin})
	s.answerLaunch(c, token, who, err)
}

// answerLaunch tells a widget that was let in where it is.
func (s *Server) answerLaunch(c *gin.Context, token string, who auth.Identity, err error) {
	var opened *sessions.Context
	if err == nil {
		opened, err = s.Sessions.ContextOf(c.Request.Context(), who)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, struct {
		Token string `json:"token"`
		*sessions.Context
	}{token, opened})
}

func (s *Server) playerEntra(c *gin.Context) {
	var in struct {
		Company string `json:"company"`
		Token   string `json:"token"`
		Session string `json:"session"`
	}
	if !s.read(c, &in) {
		return
	}
	token, err := s.Sessions.EntraPlayer(c.Request.Context(), in.Company, in.Token, in.Session)
	s.answer(c, gin.H{"token": token}, err)
}

func (s *Server) consoleEntra(c *gin.Context) {
	var in struct {
		Company string `json:"company"`
		Token   string `json:"token"`
	}
	if !s.read(c, &in) {
		return
	}
	token, who, err := s.Console.OpenEntra(c.Request.Context(), in.Company, in.Token)
	s.answerConsole(c, token, who, err)
}
