package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/console"
	"cobrowse-connector/connector/rules"
)

// maxPolicyBody is for policies, which may hold many rules.
const maxPolicyBody = 512 << 10

// consoleRoutes are those of the administrators. All but those before the group need a token of an administrator, which names the company: no
// address does.
func (s *Server) consoleRoutes(e *gin.Engine) {
	e.POST("/v1/console/session", limitBody(maxBody), s.limited(s.public, network), s.openConsole)
	e.POST("/v1/console/entra", limitBody(maxBody), s.limited(s.public, network), s.consoleEntra)
	e.GET("/v1/console/live", s.limited(s.sockets, network), gin.WrapH(s.ConsoleLive))
	e.GET("/v1/console/live/downloads/:id", s.limited(s.sockets, network), s.download(s.ConsoleLive))
	e.POST("/v1/console/live/uploads/:id", s.limited(s.sockets, network), s.upload(s.ConsoleLive)) // as long as a file may be
	c := e.Group("/v1/console", limitBody(maxPolicyBody), s.authenticated(auth.RoleAdministrator))
	c.DELETE("/session", s.closeConsole)
	c.GET("/policy", s.policy)
	c.PUT("/policy", s.limitedCompany(s.judging), s.publish)
	c.GET("/versions", s.versions)
	c.GET("/versions/:version", s.version)
	c.POST("/versions/:version/restore", s.limitedCompany(s.judging), s.restore)
	c.GET("/suggestions", s.suggestions)
	c.POST("/suggestions/:id", s.limitedCompany(s.judging), s.decide)
	c.GET("/deliveries", s.deliveries)
	c.POST("/deliveries/replay", s.limitedCompany(s.judging), s.replay)
	c.POST("/deliveries/dismiss", s.limitedCompany(s.judging), s.dismiss)
	c.GET("/health", s.ruleHealth)
	c.GET("/shapes", s.shapes)
	c.DELETE("/shapes/:id", s.dropShape)
	c.POST("/try", s.limitedCompany(s.judging), s.try)
	c.POST("/editor", s.limitedCompany(s.judging), s.startEditor)
	c.DELETE("/editor/:id", s.closeEditor)
	c.POST("/editor/:id/pick", s.limitedCompany(s.pointing), s.pick)
	c.POST("/editor/:id/draft", s.limitedCompany(s.judging), s.draft)
	c.POST("/editor/:id/shape", s.limitedCompany(s.judging), s.shape)
}

func (s *Server) openConsole(c *gin.Context) {
	var in struct {
		Launch string `json:"launch"`
		Link   string `json:"link"`
	}
	if !s.read(c, &in) {
		return
	}
	open := func(ctx context.Context) (string, auth.Identity, error) { return s.Console.Open(ctx, in.Launch) }
	if in.Link != "" {
		open = func(ctx context.Context) (string, auth.Identity, error) { return s.Console.OpenLink(ctx, in.Link) }
	}
	token, who, err := open(c.Request.Context())
	s.answerConsole(c, token, who, err)
}

// answerConsole tells an administrator who was let in where they are.
func (s *Server) answerConsole(c *gin.Context, token string, who auth.Identity, err error) {
	if err != nil {
		s.fail(c, err)
		return
	}
	co, err := s.Companies.Get(c.Request.Context(), who.Company)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"token": token, "administrator": gin.H{"id": who.Agent.ID, "name": who.Agent.Name}, "company": co.View()})
}

func (s *Server) closeConsole(c *gin.Context) {
	s.answer(c, nil, s.Console.Close(c.Request.Context(), identityOf(c)))
}

func (s *Server) policy(c *gin.Context) {
	p, err := s.Console.Policy(c.Request.Context(), identityOf(c))
	s.answer(c, p, err)
}

// answer sends what came of a request: the value, or what went wrong.
func (s *Server) answer(c *gin.Context, value any, err error) {
	switch {
	case err != nil:
		s.fail(c, err)
	case value == nil:
		c.Status(http.StatusNoContent)
	default:
		c.JSON(http.StatusOK, value)
	}
}

// base is the version that the request's change was made from; false = it has answered.
func (s *Server) base(c *gin.Context) (int64, bool) {
	version, err := strconv.ParseInt(strings.Trim(c.GetHeader("If-Match"), `"`), 10, 64)
	if err != nil {
		s.fail(c, cobrowse.Errorf(cobrowse.CodeInvalid, "version_missing", "If-Match must name the version that the change was made from"))
	}
	return version, err == nil
}

func (s *Server) publish(c *gin.Context) {
	var in struct {
		Policy cobrowse.Policy `json:"policy"`
	}
	base, ok := s.base(c)
	if !ok || !s.read(c, &in) {
		return
	}
	version, err := s.Console.Publish(c.Request.Context(), identityOf(c), base, in.Policy)
	s.answer(c, gin.H{"version": version}, err)
}

func (s *Server) versions(c *gin.Context) {
	list, err := s.Companies.Versions(c.Request.Context(), identityOf(c).Company)
	s.answer(c, gin.H{"versions": list}, err)
}

func (s *Server) version(c *gin.Context) {
	v, err := s.Console.Version(c.Request.Context(), identityOf(c), versionOf(c))
	s.answer(c, v, err)
}

// versionOf is the version that the address names; 0 is none.
func versionOf(c *gin.Context) int64 {
	version, _ := strconv.ParseInt(c.Param("version"), 10, 64)
	return version
}

func (s *Server) restore(c *gin.Context) {
	base, ok := s.base(c)
	if !ok {
		return
	}
	made, err := s.Console.Restore(c.Request.Context(), identityOf(c), base, versionOf(c))
	s.answer(c, gin.H{"version": made}, err)
}

func (s *Server) suggestions(c *gin.Context) {
	list, err := s.Rules.Suggestions(c.Request.Context(), identityOf(c).Company)
	s.answer(c, gin.H{"suggestions": list}, err)
}

func (s *Server) decide(c *gin.Context) {
	var in struct {
		Decision string `json:"decision"`
		Site     string `json:"site"`
		Selector string `json:"selector"`
	}
	if !s.read(c, &in) {
		return
	}
	if in.Decision != "approve" && in.Decision != "reject" {
		s.fail(c, cobrowse.Errorf(cobrowse.CodeInvalid, "decision", "the decision must be approve or reject"))
		return
	}
	who := identityOf(c)
	d := rules.Decision{Approve: in.Decision == "approve", Site: in.Site, Selector: in.Selector}
	version, err := s.Rules.Decide(c.Request.Context(), who.Company, c.Param("id"), d, console.Actor(who))
	s.answer(c, gin.H{"version": version}, err)
}

func (s *Server) ruleHealth(c *gin.Context) {
	list, err := s.Rules.Health(c.Request.Context(), identityOf(c).Company)
	s.answer(c, gin.H{"health": list}, err)
}

func (s *Server) shapes(c *gin.Context) {
	list, err := s.Rules.Shapes(c.Request.Context(), identityOf(c).Company)
	s.answer(c, gin.H{"shapes": list}, err)
}

func (s *Server) dropShape(c *gin.Context) {
	who := identityOf(c)
	s.answer(c, nil, s.Rules.DropShape(c.Request.Context(), who.Company, c.Param("id"), console.Actor(who)))
}

func (s *Server) try(c *gin.Context) {
	var in struct {
		Policy cobrowse.Policy `json:"policy"`
		Text   string          `json:"text"`
	}
	if !s.read(c, &in) {
		return
	}
	text, err := s.Console.Try(in.Policy, in.Text)
	s.answer(c, gin.H{"text": text}, err)
}

func (s *Server) startEditor(c *gin.Context) {
	var in struct {
		URL string `json:"url"`
	}
	if !s.read(c, &in) {
		return
	}
	made, err := s.Console.StartEditor(c.Request.Context(), identityOf(c), in.URL)
	s.answer(c, made, err)
}

func (s *Server) closeEditor(c *gin.Context) {
	s.answer(c, nil, s.Console.CloseEditor(identityOf(c), c.Param("id")))
}

func (s *Server) pick(c *gin.Context) {
	var in struct {
		Tab  cobrowse.TabID `json:"tab"`
		X, Y float64
	}
	if !s.read(c, &in) {
		return
	}
	picked, err := s.Console.Pick(c.Request.Context(), identityOf(c), c.Param("id"), in.Tab, in.X, in.Y)
	s.answer(c, picked, err)
}

func (s *Server) draft(c *gin.Context) {
	var in struct {
		Policy cobrowse.Policy `json:"policy"`
	}
	if !s.read(c, &in) {
		return
	}
	s.answer(c, nil, s.Console.Draft(c.Request.Context(), identityOf(c), c.Param("id"), in.Policy))
}

// shape tells the shape of the editor's page, and keeps it when it is given a name.
func (s *Server) shape(c *gin.Context) {
	var in struct {
		Tab  cobrowse.TabID `json:"tab"`
		Name string         `json:"name"`
	}
	if !s.read(c, &in) {
		return
	}
	who := identityOf(c)
	documents, err := s.Console.Outline(c.Request.Context(), who, c.Param("id"), in.Tab)
	if err != nil || in.Name == "" {
		s.answer(c, gin.H{"documents": documents}, err)
		return
	}
	kept, err := s.Rules.KeepShape(c.Request.Context(), who.Company, in.Name, documents, console.Actor(who))
	s.answer(c, kept, err)
}
