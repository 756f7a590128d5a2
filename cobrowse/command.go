package cobrowse

import "time"

// Command is what one person asks a Session to do: one of the structs below. Package wire reads them from the socket.
type Command interface{ command() }

type (
	// Consent is the customer's answer to the question whether to share, and whether to be recorded.
	Consent struct {
		Granted   bool `json:"granted"`
		Recording bool `json:"recording"`
	}
	// Input acts on a tab.
	Input struct {
		Tab TabID      `json:"tab"`
		Ev  InputEvent `json:"ev"`
	}
	// Point shows a cursor without acting.
	Point struct {
		Tab TabID   `json:"tab"`
		X   float64 `json:"x"`
		Y   float64 `json:"y"`
	}
	// Navigate goes to an address.
	Navigate struct {
		Tab TabID  `json:"tab"`
		URL string `json:"url"`
	}
	// History goes back (-1), forward (1) or reloads (0).
	History struct {
		Tab   TabID `json:"tab"`
		Delta int   `json:"delta"`
	}
	// TabCommand opens, shows, closes or moves a tab.
	TabCommand struct {
		Op  string `json:"op"` // open, show, close, move
		Tab TabID  `json:"tab"`
		URL string `json:"url"` // to open; "" is an empty tab
		To  int    `json:"to"`  // to move: the place in the row, counted from 0
	}
	// Pause stops agents' view and hands.
	Pause struct{}
	// Resume gives both back.
	Resume struct{}
	// End ends the session for everybody.
	End struct {
		Outcome string `json:"outcome"` // "" when none is picked yet
		Note    string `json:"note"`    // at most MaxNote characters
	}
	// SetViewport is the size of the customer's screen.
	SetViewport struct {
		Viewport Viewport `json:"viewport"`
	}
	// Reveal shows a hidden picture to both, or hides it again.
	Reveal struct {
		Tab  TabID  `json:"tab"`
		Item string `json:"item"`
		On   bool   `json:"on"`
	}
	// Suggest hides what is at a point and puts it before the administrator.
	Suggest struct {
		Tab TabID   `json:"tab"`
		X   float64 `json:"x"`
		Y   float64 `json:"y"`
	}
	// Answer answers what a page asks.
	Answer struct {
		ID AskID `json:"id"`
		Reply
	}
	// Listen turns the sound of the shown tab on or off for who asks.
	Listen struct {
		On bool `json:"on"`
	}
	// Keyframe asks for a picture that can be decoded alone.
	Keyframe struct{}
	// Measured tells how long an answer of the service takes to reach the person.
	Measured struct{ RoundTrip time.Duration }
)

// MaxNote is the length of an agent's note, in characters.
const MaxNote = 1000

// CheckOutcome refuses what an agent cannot pick.
func CheckOutcome(outcome string) error {
	switch outcome {
	case "solved", "followup", "notsolved":
		return nil
	}
	return Errorf(CodeInvalid, "outcome_unknown", "The outcome must be solved, followup or notsolved.")
}

func (Consent) command()     {}
func (Input) command()       {}
func (Point) command()       {}
func (Navigate) command()    {}
func (History) command()     {}
func (TabCommand) command()  {}
func (Pause) command()       {}
func (Resume) command()      {}
func (End) command()         {}
func (SetViewport) command() {}
func (Reveal) command()      {}
func (Suggest) command()     {}
func (Answer) command()      {}
func (Listen) command()      {}
func (Keyframe) command()    {}
func (Measured) command()    {}
