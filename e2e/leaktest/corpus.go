package leaktest

import "slices"

func allMasks() []maskCase {
	return slices.Concat(ruleCases, moreRuleCases, fieldCases, moreFieldCases, textCases, moreTextCases, loadingCases, wordCases, deeperCases, lineCases, modeCases, peopleCases, pdfCases, siteCases, padCases)
}

func allBlocks() []blockCase {
	return slices.Concat(blockCases, moreBlockCases, submitCases, moreSubmitCases, deeperBlocks, handBlocks)
}
