// Package agentdesk tests the agent's widget inside the stand-in desk, with real Chromium on both sides of the frame. The
// service behind it is scripted, so that every state of a session can be reached; the whole product is tested beside this.
package agentdesk
