package github

import "dragoman/translators/chat"

// row says how an event is read. Every event can be read: those without a
// function of their own, and those which GitHub has not invented yet, become
// the card of generic.
type row struct {
	name string
	read func(*event) error // nil: generic
	noun string             // empty: the name in words
	of   string             // the member that the event is about; empty: the one named like the event
	role chat.Role          // of the generic card
	calm bool               // edits and the like only change a living message
}

// The names are those of @octokit/webhooks 14.2.0, and issue_relates_to of
// GitHub's own description.
var events = []row{
	{name: "branch_protection_configuration"},
	{name: "branch_protection_rule"},
	{name: "check_run", read: checkRun},
	{name: "check_suite", read: checkSuite},
	{name: "code_scanning_alert"},
	{name: "commit_comment", read: commitComment},
	{name: "create", read: create},
	{name: "custom_property", of: "definition"},
	{name: "custom_property_values"},
	{name: "delete", read: remove},
	{name: "dependabot_alert", noun: "Dependabot alert"},
	{name: "deploy_key"},
	{name: "deployment", role: chat.Status},
	{name: "deployment_protection_rule", of: "deployment", role: chat.Status},
	{name: "deployment_review", of: "workflow_run", role: chat.Status},
	{name: "deployment_status", read: deploymentStatus},
	{name: "discussion", read: discussion},
	{name: "discussion_comment", read: discussionComment},
	{name: "fork", of: "forkee"},
	{name: "github_app_authorization", noun: "GitHub App authorization"},
	{name: "gollum", read: wiki},
	{name: "installation"},
	{name: "installation_repositories", of: "installation"},
	{name: "installation_target", of: "account"},
	{name: "issue_comment", read: issueComment},
	{name: "issue_dependencies", of: "blocked_issue"},
	{name: "issue_relates_to", of: "issue"},
	{name: "issues", read: issues},
	{name: "label", calm: true},
	{name: "marketplace_purchase"},
	{name: "member", noun: "collaborator"},
	{name: "membership", noun: "team member", of: "team"},
	{name: "merge_group", role: chat.Status},
	{name: "meta", noun: "webhook", of: "hook"},
	{name: "milestone", calm: true},
	{name: "org_block", noun: "user", of: "blocked_user"},
	{name: "organization"},
	{name: "package"},
	{name: "page_build", noun: "Pages build"},
	{name: "personal_access_token_request"},
	{name: "ping", read: ping},
	{name: "project", calm: true},
	{name: "project_card", calm: true},
	{name: "project_column", calm: true},
	{name: "projects_v2", calm: true, noun: "project"},
	{name: "projects_v2_item", calm: true, noun: "project item"},
	{name: "projects_v2_status_update", calm: true, noun: "project status update"},
	{name: "public", of: "repository"},
	{name: "pull_request", read: pullRequest},
	{name: "pull_request_review", read: review},
	{name: "pull_request_review_comment", read: reviewComment},
	{name: "pull_request_review_thread", of: "pull_request", noun: "review thread", role: chat.Status},
	{name: "push", read: push},
	{name: "registry_package", noun: "package"},
	{name: "release", read: release},
	{name: "repository"},
	{name: "repository_advisory"},
	{name: "repository_dispatch"},
	{name: "repository_import"},
	{name: "repository_ruleset"},
	{name: "repository_vulnerability_alert", noun: "vulnerability alert"},
	{name: "secret_scanning_alert"},
	{name: "secret_scanning_alert_location", of: "alert"},
	{name: "secret_scanning_scan"},
	{name: "security_advisory"},
	{name: "security_and_analysis"},
	{name: "sponsorship"},
	{name: "star", of: "repository"},
	{name: "status", read: status},
	{name: "sub_issues", noun: "issue", of: "sub_issue"},
	{name: "team"},
	{name: "team_add"},
	{name: "watch", of: "repository"},
	{name: "workflow_dispatch"},
	{name: "workflow_job", read: workflowJob},
	{name: "workflow_run", read: workflowRun},
}

// wordings are what happened, where event and action do not say it well.
var wordings = map[string]string{
	"fork":                                   "forked",
	"label.archived":                         "label archived",
	"marketplace_purchase.purchased":         "marketplace purchase",
	"membership.added":                       "member added to team",
	"membership.removed":                     "member removed from team",
	"merge_group.checks_requested":           "merge queue: checks requested",
	"merge_group.destroyed":                  "merge queue: group removed",
	"public":                                 "repository made public",
	"repository.privatized":                  "repository made private",
	"repository.publicized":                  "repository made public",
	"repository_import":                      "repository imported",
	"repository_vulnerability_alert.create":  "vulnerability alert created",
	"repository_vulnerability_alert.dismiss": "vulnerability alert dismissed",
	"repository_vulnerability_alert.reopen":  "vulnerability alert reopened",
	"repository_vulnerability_alert.resolve": "vulnerability alert resolved",
	"secret_scanning_alert.publicly_leaked":  "secret publicly leaked",
	"security_and_analysis":                  "security and analysis settings changed",
	"star.created":                           "starred",
	"star.deleted":                           "no longer starred",
	"sub_issues.parent_issue_added":          "parent issue added",
	"sub_issues.parent_issue_removed":        "parent issue removed",
	"sub_issues.sub_issue_added":             "sub-issue added",
	"sub_issues.sub_issue_removed":           "sub-issue removed",
	"team_add":                               "team added to repository",
	"watch.started":                          "starred",
	"workflow_dispatch":                      "workflow started by hand",
}

// Events lists the names of the events that are known, in order. Read takes
// any other name as well.
func Events() []string {
	names := make([]string, len(events))
	for i := range events {
		names[i] = events[i].name
	}
	return names
}

func lookup(name string) *row {
	for i := range events {
		if events[i].name == name {
			return &events[i]
		}
	}
	return &row{name: name}
}
