package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"cobrowse-connector/connector/sessions"
)

func (s *Server) launch(c *gin.Context) {
	var in struct {
		Launch string `json:"launch"`
	}
	if !s.read(c, &in) {
		return
	}
	token, who, err := s.Sessions.Launch(c.Request.Context(), in.Launch)
	if err != nil {
		s.fail(c, err)
		return
	}
	opened, err := s.Sessions.ContextOf(c.Request.Context(), who)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, struct {
		Token string `json:"token"`
		*sessions.Context
	}{token, opened})
}

func (s *Server) context(c *gin.Context) {
	opened, err := s.Sessions.ContextOf(c.Request.Context(), identityOf(c))
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, opened)
}

func (s *Server) refreshContext(c *gin.Context) {
	who, err := s.Sessions.Refresh(c.Request.Context(), identityOf(c))
	if err != nil {
		s.fail(c, err)
		return
	}
	opened, err := s.Sessions.ContextOf(c.Request.Context(), who)
	s.answer(c, opened, err)
}

func (s *Server) makeLink(c *gin.Context) {
	view, joinURL, err := s.Sessions.Link(c.Request.Context(), identityOf(c))
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"session": view, "joinUrl": joinURL})
}

func (s *Server) claim(c *gin.Context) {
	var in struct {
		PIN string `json:"pin"`
	}
	if !s.read(c, &in) {
		return
	}
	view, err := s.Sessions.Claim(c.Request.Context(), identityOf(c), in.PIN, network(s.address(c.Request)))
	if err != nil {
		s.fail(c, err)
		return
	}
	// The claim stands in the database; a session that cannot be told now learns of it when somebody joins.
	if err := s.Live.Claimed(c.Request.Context(), view.ID); err != nil {
		s.Log.Warn("claimed session could not be told", "session", view.ID, "error", err)
	}
	c.JSON(http.StatusOK, gin.H{"session": view})
}

func (s *Server) join(c *gin.Context) {
	token, err := s.Sessions.Join(c.Request.Context(), identityOf(c), c.Param("id"))
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"token": token})
}

func (s *Server) outcome(c *gin.Context) {
	var in struct {
		Outcome string `json:"outcome"`
		Note    string `json:"note"`
	}
	if !s.read(c, &in) {
		return
	}
	if err := s.Sessions.PickOutcome(c.Request.Context(), identityOf(c), c.Param("id"), in.Outcome, in.Note); err != nil {
		s.fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
