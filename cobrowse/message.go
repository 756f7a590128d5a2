package cobrowse

import "cobrowse-connector/cobrowse/stream"

// Message is what a Session tells one person: one of the structs below. Package wire gives each its form on the socket.
// Strings that an agent or a supervisor gets are redacted already.
type Message interface{ message() }

// RecordingState tells whether the session may be and is being recorded.
type RecordingState struct {
	Possible bool `json:"possible"`
	On       bool `json:"on"`
}

// TabView is a Tab as one person may see it.
type TabView struct {
	Tab
	Private bool `json:"private,omitempty"` // something in title or address was redacted
}

type (
	// Welcome is the first message, also after a rejoin.
	Welcome struct {
		Session      string         `json:"session"`
		You          Participant    `json:"you"`
		State        State          `json:"state"`
		Participants []Participant  `json:"participants"`
		Company      any            `json:"company"`
		AgentName    string         `json:"agentName"`
		Recording    RecordingState `json:"recording"`
		Channel      string         `json:"channel"`
		Rights       []Right        `json:"rights"`
		Viewport     Viewport       `json:"viewport"`
	}
	// StateChanged tells every transition, and a change of the recording within a state.
	StateChanged struct {
		State     State          `json:"state"`
		By        Role           `json:"by"`
		Reason    string         `json:"reason"`
		Recording RecordingState `json:"recording"`
		AgentName string         `json:"agentName"`
	}
	// ParticipantsChanged lists everybody.
	ParticipantsChanged struct {
		Participants []Participant `json:"participants"`
	}
	// TabsChanged lists the tabs.
	TabsChanged struct {
		Shown TabID     `json:"shown"`
		Tabs  []TabView `json:"tabs"`
	}
	// PictureConfig comes before the first picture of a generation.
	PictureConfig struct{ stream.Config }
	// Picture is one encoded picture; it and Sound are the binary messages.
	Picture struct{ Chunk *stream.Chunk }
	// Sound is one packet of sound.
	Sound struct{ Packet *stream.Sound }
	// GateChanged tells an agent or a supervisor whether pictures come, and if not, why.
	GateChanged struct {
		Open   bool   `json:"open"`
		Reason string `json:"reason"`
	}
	// Stuck tells the customer that agents have seen nothing for a while; Reason "" says that they see again.
	Stuck struct {
		Reason string `json:"reason"`
	}
	// QualityChanged tells one person how the connections of the session do.
	QualityChanged struct {
		Level  string `json:"level"`  // one of the Quality levels
		Reason string `json:"reason"` // you, other; "" while good
		RTT    int    `json:"rtt"`    // ms of this person's round trip; 0 = not measured yet
	}
	// Cursor is where somebody else points.
	Cursor struct {
		Who  string  `json:"who"`
		Role Role    `json:"role"`
		Name string  `json:"name"`
		Tab  TabID   `json:"tab"`
		X    float64 `json:"x"`
		Y    float64 `json:"y"`
		Down bool    `json:"down"`
	}
	// Refused tells everybody that only the customer can do this.
	Refused struct {
		By   Role   `json:"by"`
		How  string `json:"how"`
		Name string `json:"name"`
		Tab  TabID  `json:"tab"`
	}
	// Blocked tells an agent that what the pointer is over may not be pressed; Name "" takes it back.
	Blocked struct {
		Tab  TabID   `json:"tab"`
		X    float64 `json:"x"`
		Y    float64 `json:"y"`
		Name string  `json:"name"`
	}
	// LayerChanged is the customer's private layer. It is never sent to anybody else.
	LayerChanged struct{ Layer }
	// HiddenChanged tells agents and supervisors where something is hidden, and nothing else about it.
	HiddenChanged struct {
		Tab   TabID       `json:"tab"`
		Areas []LayerRect `json:"areas"`
	}
	// FocusChanged tells what kind of field has the focus.
	FocusChanged struct{ Focus }
	// Asked puts a question of a page before a person. May says what they may answer: all, no, or nothing.
	Asked struct {
		Ask
		May say  `json:"may"`
		By  Role `json:"by"`
	}
	// AskGone takes it back.
	AskGone struct {
		ID AskID `json:"id"`
	}
	// Notice is something that happened and that people should know.
	Notice struct {
		Code   string         `json:"code"`
		Params map[string]any `json:"params"`
	}
	// ViewportChanged is the new shared viewport.
	ViewportChanged struct {
		Viewport Viewport `json:"viewport"`
	}
	// Ended is the last message.
	Ended struct {
		By      Role   `json:"by"`
		Reason  string `json:"reason"`
		Outcome string `json:"outcome"`
		Seconds int    `json:"seconds"`
	}
	// Failure answers something that a person asked for and did not get.
	Failure struct {
		Code    Code   `json:"code"`
		Reason  string `json:"reason"`
		Message string `json:"message"`
	}
)

func (Welcome) message()             {}
func (StateChanged) message()        {}
func (ParticipantsChanged) message() {}
func (TabsChanged) message()         {}
func (PictureConfig) message()       {}
func (Picture) message()             {}
func (Sound) message()               {}
func (GateChanged) message()         {}
func (Stuck) message()               {}
func (QualityChanged) message()      {}
func (Cursor) message()              {}
func (Refused) message()             {}
func (Blocked) message()             {}
func (LayerChanged) message()        {}
func (HiddenChanged) message()       {}
func (FocusChanged) message()        {}
func (Asked) message()               {}
func (AskGone) message()             {}
func (Notice) message()              {}
func (ViewportChanged) message()     {}
func (Ended) message()               {}
func (Failure) message()             {}

// FailureOf is what a person is told about err: never an internal text.
func FailureOf(err error) Failure {
	e, ok := asError(err)
	if !ok || e.Code == CodeInternal {
		return Failure{Code: CodeInternal, Reason: "internal", Message: "Something went wrong on our side. Please try again."}
	}
	return Failure{Code: e.Code, Reason: e.Reason, Message: e.Detail}
}
