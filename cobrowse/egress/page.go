package egress

import "fmt"

// The pages say what happened and nothing about the address: whoever sees them may be the agent.
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%[1]s</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f6f7f9; color: #1d2733;
         font: 16px/1.5 system-ui, sans-serif }
  main { max-width: 26rem; padding: 2rem }
  h1 { font-size: 1.25rem; margin: 0 0 .5rem }
  p { margin: 0 }
</style>
<main>
  <h1>%[1]s</h1>
  <p>%[2]s</p>
</main>
</html>
`

var refusedTexts = map[string]string{
	ReasonBlocked: "The company does not allow this site in a shared session.",
	ReasonUnknown: "This site is not among those that the company allows in a shared session.",
	ReasonPrivate: "The address belongs to a private network. A shared session reaches public sites only.",
	ReasonPort:    "The address has a port that a shared session does not use.",
	ReasonAddress: "The address is not written in a form that a shared session accepts.",
}

var failedTexts = map[string]string{
	"dns":     "There is no site with this name. Check the address for a typing mistake.",
	"timeout": "The site took too long to answer. Try again in a moment.",
	"failed":  "The site could not be reached. Try again in a moment.",
}

func refusedPage(reason string) string {
	return fmt.Sprintf(page, "This page cannot be opened here", refusedTexts[reason])
}

func failedPage(code string) string {
	return fmt.Sprintf(page, "The page did not answer", failedTexts[code])
}
