package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// actions are those that GitHub's description of its webhooks has; "" is none.
var actions = map[string]string{
	"branch_protection_configuration": "disabled enabled",
	"branch_protection_rule":          "created edited deleted",
	"check_run":                       "created completed rerequested requested_action",
	"check_suite":                     "completed requested rerequested",
	"code_scanning_alert":             "created fixed reopened reopened_by_user closed_by_user appeared_in_branch updated_assignment",
	"commit_comment":                  "created",
	"create":                          "",
	"custom_property":                 "created updated deleted promote_to_enterprise promoted_to_enterprise",
	"custom_property_values":          "updated",
	"delete":                          "",
	"dependabot_alert":                "created dismissed fixed reopened reintroduced auto_dismissed auto_reopened assignees_changed",
	"deploy_key":                      "created deleted",
	"deployment":                      "created",
	"deployment_protection_rule":      "requested",
	"deployment_review":               "requested approved rejected",
	"deployment_status":               "created",
	"discussion":                      "created edited deleted closed reopened pinned unpinned locked unlocked transferred category_changed answered unanswered labeled unlabeled",
	"discussion_comment":              "created edited deleted",
	"fork":                            "",
	"github_app_authorization":        "revoked",
	"gollum":                          "",
	"installation":                    "created deleted new_permissions_accepted suspend unsuspend",
	"installation_repositories":       "added removed",
	"installation_target":             "renamed",
	"issue_comment":                   "created edited deleted pinned unpinned",
	"issue_dependencies":              "blocked_by_added blocked_by_removed blocking_added blocking_removed",
	"issue_relates_to":                "added removed",
	"issues":                          "opened edited deleted transferred pinned unpinned closed reopened assigned unassigned labeled unlabeled locked unlocked milestoned demilestoned typed untyped field_added field_removed",
	"label":                           "created edited deleted archived unarchived",
	"marketplace_purchase":            "purchased changed cancelled pending_change pending_change_cancelled",
	"member":                          "added edited removed",
	"membership":                      "added removed",
	"merge_group":                     "checks_requested destroyed",
	"meta":                            "deleted",
	"milestone":                       "created opened edited closed deleted",
	"org_block":                       "blocked unblocked",
	"organization":                    "member_added member_removed member_invited renamed deleted",
	"package":                         "published updated",
	"page_build":                      "",
	"personal_access_token_request":   "created approved denied cancelled",
	"ping":                            "",
	"project":                         "created edited closed reopened deleted",
	"project_card":                    "created edited converted moved deleted",
	"project_column":                  "created edited moved deleted",
	"projects_v2":                     "created edited closed reopened deleted",
	"projects_v2_item":                "created edited archived restored converted reordered deleted",
	"projects_v2_status_update":       "created edited deleted",
	"public":                          "",
	"pull_request":                    "opened edited closed reopened assigned unassigned labeled unlabeled locked unlocked milestoned demilestoned synchronize ready_for_review converted_to_draft review_requested review_request_removed auto_merge_enabled auto_merge_disabled enqueued dequeued stacked",
	"pull_request_review":             "submitted edited dismissed",
	"pull_request_review_comment":     "created edited deleted",
	"pull_request_review_thread":      "resolved unresolved",
	"push":                            "",
	"registry_package":                "published updated",
	"release":                         "published unpublished created edited deleted prereleased released",
	"repository":                      "created deleted archived unarchived edited renamed transferred publicized privatized",
	"repository_advisory":             "published reported",
	"repository_dispatch":             "anything",
	"repository_import":               "",
	"repository_ruleset":              "created edited deleted",
	"repository_vulnerability_alert":  "create dismiss reopen resolve",
	"secret_scanning_alert":           "created resolved reopened validated publicly_leaked assigned unassigned metadata_created metadata_removed",
	"secret_scanning_alert_location":  "created",
	"secret_scanning_scan":            "completed",
	"security_advisory":               "published updated withdrawn",
	"security_and_analysis":           "",
	"sponsorship":                     "created cancelled edited tier_changed pending_cancellation pending_tier_change",
	"star":                            "created deleted",
	"status":                          "",
	"sub_issues":                      "sub_issue_added sub_issue_removed parent_issue_added parent_issue_removed",
	"team":                            "created edited deleted added_to_repository removed_from_repository",
	"team_add":                        "",
	"watch":                           "started",
	"workflow_dispatch":               "",
	"workflow_job":                    "queued waiting in_progress completed",
	"workflow_run":                    "requested in_progress completed",
}

// Every action of every event has words of its own, or is silent on purpose: no
// card of one says what that of another says.
func TestEveryAction(t *testing.T) {
	if len(actions) != len(events) {
		t.Errorf("actions of %d events, but there are %d", len(actions), len(events))
	}
	for i := range events {
		r := &events[i]
		list, ok := actions[r.name]
		if !ok {
			t.Errorf("%s: no such event", r.name)
		}
		said := map[string]string{}
		names := strings.Split(list, " ")
		for _, action := range names {
			if r.read == nil {
				if r.deed(action) != nil == slices.Contains(r.silent, action) {
					t.Errorf("%s.%s: neither told nor silent, or both", r.name, action)
				}
			}
			m, _, err := read(r.name, payload(`"action":"`+action+`","pull_request":{"number":1,"body":"a"},"review":{"state":"approved"},"comment":{"body":"b"},"changes":{"body":{"from":"a"}}`))
			if errors.Is(err, ErrSilent) {
				continue
			}
			if err != nil {
				t.Errorf("%s.%s: %v", r.name, action, err)
				continue
			}
			title := m.Blocks[0].Card.Title.Plain()
			if was, ok := said[title]; ok && !sameWords[r.name+"."+action] {
				t.Errorf("%s: %s and %s are both %q", r.name, was, action, title)
			}
			said[title] = action
		}
		for _, d := range r.deeds {
			if !slices.Contains(names, d.action) {
				t.Errorf("%s.%s: GitHub has no such action", r.name, d.action)
			}
		}
	}
}

// sameWords are actions told in the words of another, which is the same to a reader.
var sameWords = map[string]bool{
	"custom_property.promoted_to_enterprise": true, // two names of one thing
	"code_scanning_alert.reopened_by_user":   true, // the author of the card tells who it was
}

// A secret that was found is in the payload, but never in the message, whatever
// happened to the alert.
func TestSecretsOfAlerts(t *testing.T) {
	for _, action := range strings.Fields(actions["secret_scanning_alert"]) {
		m, _, err := read("secret_scanning_alert", payload(`"action":"`+action+`","alert":{"number":3,"secret":"tst_hush","secret_type":"tide"}`))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := json.Marshal(m); err != nil || bytes.Contains(b, []byte("tst_hush")) {
			t.Errorf("%s: %s, %v", action, b, err)
		}
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "github", "alert-secret-*", "*.json"))
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(f) != "in.json" && bytes.Contains(b, []byte("NEVER_BE_SHOWN")) {
			t.Errorf("%s shows the secret", f)
		}
	}
}
