package api

import (
	"io/fs"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/web"
)

// ownPage is the policy of our pages: our scripts, our socket, pictures that a company names, no frames, no inline code. Styles
// may be set by scripts (cursors, layers), which needs no exception; Fluent's components use constructed sheets.
const ownPage = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data: blob:; font-src 'self'; " +
	"media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'"

func (s *Server) pages(e *gin.Engine) {
	e.GET("/agent", s.agentPage)
	e.GET("/desk/cif", s.cifPage)
	e.GET("/join/:slug", s.page("join.html"))
	e.GET("/j", s.page("j.html"))
	e.GET("/watch/:session", s.signInPage("watch.html"))
	e.GET("/console", s.signInPage("console.html"))
	e.GET("/sign-in", s.signInPage("sign-in.html"))
	e.GET("/signed-in", s.signedInPage)
	e.GET("/cobrowse.js", func(c *gin.Context) {
		c.Header("Cross-Origin-Resource-Policy", "cross-origin")
		c.Header("Cache-Control", "public, max-age=300")
		c.FileFromFS("cobrowse.js", http.FS(web.FS))
	})
	assets := http.FileServerFS(web.FS)
	e.GET("/assets/*file", func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
		// The desk's frame loads them with its own partitioned cache, from our origin: still same-origin.
		assets.ServeHTTP(c.Writer, c.Request)
	})
}

func (s *Server) page(name string) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Content-Security-Policy", ownPage+"; frame-ancestors 'none'")
		c.Header("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		s.html(c, name)
	}
}

// signInPage is a page for people whom Entra ID signs in, if the company that its address names has it so.
func (s *Server) signInPage(name string) gin.HandlerFunc {
	return func(c *gin.Context) {
		co, ok := s.companyOf(c)
		if !ok {
			return
		}
		c.Header("Content-Security-Policy", s.withEntra(co)+"; frame-ancestors 'none'")
		c.Header("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		s.html(c, name)
	}
}

// signedInPage is where Entra ID sends people back to. It shows nothing and may be in any frame: the widget asks in one of its own, inside
// whatever desk. What it hears it tells pages of ours only.
func (s *Server) signedInPage(c *gin.Context) {
	c.Header("Content-Security-Policy", ownPage)
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
	s.html(c, "signed-in.html")
}

// companyOf is the company that a page's address names, an empty one when there is none. False: it has been answered.
func (s *Server) companyOf(c *gin.Context) (company.Company, bool) {
	co, err := s.Companies.Get(c.Request.Context(), c.Query("company"))
	if err != nil && cobrowse.CodeOf(err) != cobrowse.CodeNotFound {
		s.fail(c, err)
		return co, false
	}
	return co, true
}

// withEntra is the policy of our pages with Entra ID let in for a company that signs its people in there: in a frame that nobody sees, and
// where its tokens are fetched.
func (s *Server) withEntra(co company.Company) string {
	if co.Entra == nil {
		return ownPage
	}
	return strings.Replace(ownPage, "connect-src 'self'", "connect-src 'self' "+s.EntraAuthority, 1) + "; frame-src 'self' " + s.EntraAuthority
}

// agentPage may be framed by the desks of the company that its address names, and by nobody else. The launch in the fragment, which
// does not come here, says who is let in.
func (s *Server) agentPage(c *gin.Context) {
	co, ok := s.companyOf(c)
	if !ok {
		return
	}
	ancestors := "'none'"
	if len(co.Origins) > 0 {
		ancestors = "'self' " + strings.Join(co.Origins, " ") // the page of a channel provider is between a desk and the widget
	}
	c.Header("Content-Security-Policy", s.withEntra(co)+"; frame-ancestors "+ancestors)
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
	s.html(c, "agent.html")
}

// cifLibrary is where every organisation of Dynamics has the library of its Channel Integration Framework.
const cifLibrary = "/webresources/Widget/msdyn_ciLibrary.js"

// cifPage is the page of a channel provider in the company's Dynamics. That library runs in it with the rights of a page of ours: of each
// origin that the company registered, exactly that file is let in, and for a company with another desk nothing and nobody.
func (s *Server) cifPage(c *gin.Context) {
	co, ok := s.companyOf(c)
	if !ok {
		return
	}
	library, ancestors := "", "'none'"
	if co.DeskKind == "dynamics" && len(co.Origins) > 0 {
		ancestors = strings.Join(co.Origins, " ")
		for _, origin := range co.Origins {
			library += " " + origin + cifLibrary
		}
	}
	policy := strings.Replace(ownPage, "script-src 'self'", "script-src 'self'"+library, 1)
	c.Header("Content-Security-Policy", policy+"; frame-src 'self'; frame-ancestors "+ancestors)
	s.html(c, "dynamics-cif.html")
}

func (s *Server) html(c *gin.Context, name string) {
	page, err := fs.ReadFile(web.FS, name)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/html; charset=utf-8", page)
}
