package solution

// role is a security role with no more rights than its holder needs.
type role struct {
	ID         string // of its checks
	Name, Text string
	Privileges []right
}

// right is one privilege of a role.
type right struct {
	Name  string
	Depth string // how far it reaches: Basic, Local, Deep or Global
	Why   string
	// Omnichannel rights are those of tables that only organisations with it have.
	Omnichannel bool
}

// Activities of all kinds, our table among them, share the privileges of "Activity". The parties of an activity have none of their own; an
// organisation that refuses them all the same gets the entry without them.
var roles = []role{
	{"role-connector", RoleConnector, "roleConnector", []right{
		{Name: "prvActOnBehalfOfAnotherUser", Depth: "Global", Why: "everything is read and written as the agent, who never sees more than their own rights allow"},
		{Name: "prvReadUser", Depth: "Global", Why: "finds the agent"},
		{Name: "prvReadOrganization", Depth: "Global", Why: "limits of attachments"},
		{Name: "prvReadEntity", Depth: "Global", Why: "names of tables and lookups"},
		{Name: "prvReadAttribute", Depth: "Global", Why: "names of columns"},
		{Name: "prvReadRelationship", Depth: "Global", Why: "names of lookups"},
		{Name: "prvReadIncident", Depth: "Global", Why: "the case of a conversation"},
		{Name: "prvAppendToIncident", Depth: "Global", Why: "sessions and notes are attached to the case"},
		{Name: "prvReadContact", Depth: "Global", Why: "the customer of a conversation"},
		{Name: "prvAppendToContact", Depth: "Global", Why: "a session without a case is attached to the customer"},
		{Name: "prvReadAccount", Depth: "Global", Why: "the customer of a conversation"},
		{Name: "prvAppendToAccount", Depth: "Global", Why: "a session without a case is attached to the customer"},
		{Name: "prvReadActivity", Depth: "Global", Why: "conversations are activities, and so are sessions"},
		{Name: "prvCreateActivity", Depth: "Global", Why: "the session's entry"},
		{Name: "prvWriteActivity", Depth: "Global", Why: "the entry is completed at the session's end"},
		{Name: "prvAppendActivity", Depth: "Global", Why: "the entry is attached to the case"},
		{Name: "prvReadNote", Depth: "Global", Why: "an interrupted upload is taken up again"},
		{Name: "prvCreateNote", Depth: "Global", Why: "the session's note"},
		{Name: "prvWriteNote", Depth: "Global", Why: "the file goes into the note"},
		{Name: "prvAppendNote", Depth: "Global", Why: "the note is attached to the case"},
	}},
	{"role-agent", RoleAgent, "roleAgent", []right{
		{Name: "prvReadActivity", Depth: "Local", Why: "conversations, and the sessions of cases"},
		{Name: "prvCreateActivity", Depth: "Local", Why: "the session's entry is written with the agent's rights"},
		{Name: "prvWriteActivity", Depth: "Local", Why: "the entry is completed with the agent's rights"},
		{Name: "prvAppendActivity", Depth: "Local", Why: "the entry is attached to the case"},
		{Name: "prvReadNote", Depth: "Local", Why: "the session's note"},
		{Name: "prvCreateNote", Depth: "Local", Why: "the note is written with the agent's rights"},
		{Name: "prvWriteNote", Depth: "Local", Why: "the file goes into the note"},
		{Name: "prvAppendNote", Depth: "Local", Why: "the note is attached to the case"},
		{Name: "prvReadIncident", Depth: "Local", Why: "the case"},
		{Name: "prvAppendToIncident", Depth: "Local", Why: "sessions are attached to it"},
		{Name: "prvReadContact", Depth: "Local", Why: "the customer"},
		{Name: "prvAppendToContact", Depth: "Local", Why: "a session without a case is attached to the customer"},
		{Name: "prvReadAccount", Depth: "Local", Why: "the customer"},
		{Name: "prvAppendToAccount", Depth: "Local", Why: "a session without a case is attached to the customer"},
		{Name: "prvReadUser", Depth: "Local", Why: "the agent is named on the session's entry"},
		{Name: "prvReadWebResource", Depth: "Global", Why: "the page behind the button"},
		{Name: "prvReadEnvironmentVariableDefinition", Depth: "Global", Why: "the service's address"},
		{Name: "prvReadEnvironmentVariableValue", Depth: "Global", Why: "the service's address"},
		{Name: "prvReadmsdyn_provider", Depth: "Global", Why: "the button", Omnichannel: true},
		{Name: "prvReadmsdyn_conversationaction", Depth: "Global", Why: "the button", Omnichannel: true},
		{Name: "prvReadmsdyn_conversationactionlocale", Depth: "Global", Why: "the button's text", Omnichannel: true},
		{Name: "prvReadmsdyn_channelcapability", Depth: "Global", Why: "the button", Omnichannel: true},
		{Name: "prvReadmsdyn_applicationtabtemplate", Depth: "Global", Why: "the tab behind the button", Omnichannel: true},
		{Name: "prvReadmsdyn_panetoolconfiguration", Depth: "Global", Why: "the pane", Omnichannel: true},
	}},
}
