package cobrowse

// Role says what a person is in a session. It decides which pictures and messages they may get.
type Role string

const (
	RoleCustomer   Role = "customer"   // owns the session: consents, pauses, ends, sees their own data
	RoleAgent      Role = "agent"      // sees the masked picture, acts within their rights
	RoleSupervisor Role = "supervisor" // sees the masked picture, never acts
	RoleSystem     Role = "system"     // the service itself, as the author of events
)

// Right is one thing that a participant may do. The customer has every right by role; an agent has those of the Policy.
type Right string

const (
	RightView      Right = "view"
	RightPoint     Right = "point" // show a cursor without acting
	RightScroll    Right = "scroll"
	RightClick     Right = "click"
	RightType      Right = "type"
	RightNavigate  Right = "navigate"
	RightTabs      Right = "tabs"
	RightSound     Right = "sound"     // hear the shown tab
	RightClipboard Right = "clipboard" // copy out of the shared page, and paste into it
)

// AllAgentRights is what an agent may do when the company does not say otherwise.
var AllAgentRights = []Right{RightView, RightPoint, RightScroll, RightClick, RightType, RightNavigate, RightTabs}

// GrantedRights are those that an agent has only where the company names them.
var GrantedRights = []Right{RightSound, RightClipboard}

// Participant is one person in a session. Name is shown to everybody in the session.
type Participant struct {
	ID     string  `json:"id"`
	Role   Role    `json:"role"`
	Name   string  `json:"name"`
	Rights []Right `json:"rights,omitempty"`
	Here   bool    `json:"here"` // connected at this moment
}
