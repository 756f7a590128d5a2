package api

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/auth"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/console"
	"cobrowse-connector/connector/rules"
	"cobrowse-connector/connector/sessions"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/telemetry"
)

//go:embed openapi.yaml
var openAPI []byte

// Recordings reads what was recorded. Company is a slug, key a blob name of the recording's manifest.
type Recordings interface {
	Video(ctx context.Context, company, session, key string) (io.ReadSeekCloser, error)
	Track(ctx context.Context, company, session string) (any, error) // marshals to the JSON of docs/protocol.md §4
}

// Live is what the interface asks of running sessions.
type Live interface {
	Socket
	// Claimed tells a session that is already attended by its customer that an agent has taken it.
	Claimed(ctx context.Context, session string) error
}

// Socket is a live socket and the files that pass beside it.
type Socket interface {
	http.Handler
	// Downloaded and Upload are for the customer whose token of the live socket it is.
	Downloaded(ctx context.Context, token, id string) (cobrowse.Download, io.ReadSeekCloser, error)
	Upload(ctx context.Context, token, wanted, name string, content io.Reader) error
}

// Config is what a Server works with.
type Config struct {
	DB         *store.DB
	Companies  *company.Companies
	Sessions   *sessions.Sessions
	Live       Live
	Recordings Recordings
	Console    *console.Console
	// ConsoleLive is for the console's editors.
	ConsoleLive Socket
	Rules       *rules.Rules
	Metrics     *telemetry.Metrics
	Health      *telemetry.Health
	// ShowMetrics serves /metrics to whoever reaches this server.
	ShowMetrics bool
	PublicURL   string
	// EntraAuthority is where people of companies with Entra ID sign in.
	EntraAuthority string
	ProxyHops      int
	Log            *slog.Logger
}

// Server answers HTTP. Its handlers hand on the request's context and never the *gin.Context, which gin gives to the next request while
// database/sql may still look at it.
type Server struct {
	Config
	secure  bool // the public address is https
	public  *limiter
	sockets *limiter
	// PINs are counted per network and per neighbourhood: few addresses must not be able to fill a company with open PINs. Whoever has
	// more is met by package pin, which takes the oldest one of those who hold the most.
	pins, pinsAround  *limiter
	asking            *limiter // the desks, by company
	judging, pointing *limiter // in the console, by company: rules to be read, and points of an editor's page

	router  *gin.Engine
	handler http.Handler
}

const maxBody = 16 << 10

// New returns the server for a configuration.
func New(c Config) *Server {
	s := &Server{
		Config: c, public: newLimiter(rate.Every(time.Second/2), 20),
		sockets: newLimiter(rate.Every(time.Second/10), 200), // a contact centre behind one address comes back at once after a restart
		pins:    newLimiter(rate.Every(15*time.Second), 10), pinsAround: newLimiter(rate.Every(4*time.Second), 40),
		asking:   newLimiter(rate.Every(time.Second/10), 100),
		judging:  newLimiter(rate.Every(time.Second/4), 60),
		pointing: newLimiter(rate.Every(time.Second/40), 200), // two editors' pointers that never rest: hoverPause in the console
	}
	u, _ := url.Parse(c.PublicURL) // the configuration was checked
	s.secure = u.Scheme == "https"
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(refuseForeignPage))
	s.router = s.routes()
	s.handler = protection.Handler(s.router)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	boundBody(w, r)
	s.handler.ServeHTTP(w, r)
}

// Routes lists what is served.
func (s *Server) Routes() gin.RoutesInfo { return s.router.Routes() }

func (s *Server) routes() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.Use(s.observe, s.recovered, s.headers)
	e.NoRoute(func(c *gin.Context) {
		s.fail(c, cobrowse.Errorf(cobrowse.CodeNotFound, "not_found", "there is nothing at this address"))
	})
	e.NoMethod(func(c *gin.Context) {
		s.fail(c, cobrowse.Errorf(cobrowse.CodeInvalid, "method", "this address does not take that method"))
	})

	e.GET("/healthz", gin.WrapF(s.Health.Live))
	e.GET("/readyz", gin.WrapF(s.Health.Ready))
	if s.ShowMetrics {
		e.GET("/metrics", gin.WrapH(s.Metrics.Handler()))
	}

	v1 := e.Group("/v1", limitBody(maxBody))
	v1.GET("/live", s.limited(s.sockets, network), gin.WrapH(s.Live))
	v1.GET("/live/downloads/:id", s.limited(s.sockets, network), s.download(s.Live))
	e.POST("/v1/live/uploads/:id", s.limited(s.sockets, network), s.upload(s.Live)) // as long as a file may be
	v1.GET("/companies/:slug", s.limited(s.public, network), anyOrigin, s.company)
	v1.GET("/openapi.yaml", func(c *gin.Context) { c.Data(http.StatusOK, "application/yaml", openAPI) })
	v1.POST("/join/:slug/pins", s.limited(s.pins, network), s.limited(s.pinsAround, neighbourhood), s.makePIN)
	v1.POST("/join/tickets", s.limited(s.public, network), s.openTicket)
	v1.POST("/agent/launch", s.limited(s.public, network), s.launch)
	v1.POST("/agent/entra", s.limited(s.public, network), s.agentEntra)
	v1.POST("/player/session", s.limited(s.public, network), s.openPlayer)
	v1.POST("/player/entra", s.limited(s.public, network), s.playerEntra)

	agent := v1.Group("/agent", s.authenticated(cobrowse.RoleAgent))
	agent.GET("/context", s.context)
	agent.POST("/context/refresh", s.limitedCompany(s.asking), s.refreshContext)
	agent.POST("/sessions", s.makeLink)
	agent.POST("/pins/claim", s.claim)
	agent.POST("/sessions/:id/join", s.join)
	agent.POST("/sessions/:id/outcome", s.outcome)

	v1.GET("/recordings/:id", s.manifest)
	v1.GET("/recordings/:id/video", s.video)
	v1.GET("/recordings/:id/track", s.track)
	v1.GET("/recordings/:id/transcript", s.transcript)

	s.consoleRoutes(e)
	s.pages(e)
	return e
}

// identity is whose bearer token the request carries.
func (s *Server) identity(c *gin.Context) (auth.Identity, error) {
	token, ok := bearer(c.GetHeader("Authorization"))
	if !ok {
		return auth.Identity{}, cobrowse.Errorf(auth.CodeUnauthenticated, "token_missing", "this needs the bearer token of a launch")
	}
	return auth.Check(c.Request.Context(), s.DB, token, time.Now())
}

func (s *Server) authenticated(role cobrowse.Role) gin.HandlerFunc {
	return func(c *gin.Context) {
		who, err := s.identity(c)
		// A token of the player has no record that the desk was asked for: it opens recordings and nothing else.
		if err == nil && (who.Role != role || who.Session != "") {
			err = cobrowse.Errorf(cobrowse.CodeDenied, "role", "this is for another role")
		}
		if err != nil {
			s.fail(c, err)
			return
		}
		c.Set(identityKey, who)
	}
}

const identityKey = "identity"

func identityOf(c *gin.Context) auth.Identity { return c.MustGet(identityKey).(auth.Identity) }

// read takes the request's JSON object; it has answered when false.
func (s *Server) read(c *gin.Context, into any) bool {
	err := c.ShouldBindJSON(into)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return true
	case errors.As(err, &tooLarge):
		s.fail(c, cobrowse.Errorf(codeTooLarge, "too_large", "a request may have %d bytes", tooLarge.Limit))
	default:
		s.fail(c, &cobrowse.Error{Code: cobrowse.CodeInvalid, Reason: "body", Detail: "the body is not the JSON object that this address expects", Err: err})
	}
	return false
}
