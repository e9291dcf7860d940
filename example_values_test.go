package clevercloud_test

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/clevercloud-go/clevercloud"
)

// An amount is the decimal that the API wrote, digit by digit.
func ExampleAmount() {
	var money clevercloud.Money
	_ = json.Unmarshal([]byte(`{"currency":"EUR","amount":19.90,"default_display":"€19.90"}`), &money)

	exact, _ := new(big.Rat).SetString(money.Amount.String())
	fmt.Println(money.Amount, money.Amount.Float64(), exact)
	// Output: 19.90 19.9 199/10
}

// To leave a field, to clear it and to set it are three things.
func ExampleOptional() {
	for _, patch := range []clevercloud.StoragePolicyPatch{
		{},
		{SizeInMB: clevercloud.Null[int64]()},
		{SizeInMB: clevercloud.Value[int64](512)},
	} {
		body, _ := json.Marshal(patch)
		fmt.Println(string(body))
	}
	// Output:
	// {}
	// {"sizeInMB":null}
	// {"sizeInMB":512}
}

// A value that is newer than this module passes through.
func ExampleDeploymentState_IsKnown() {
	state := clevercloud.DeploymentState("PAUSED")
	fmt.Println(state, state.IsKnown(), state.IsTerminal())
	// Output: PAUSED false false
}
