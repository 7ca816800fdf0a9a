package github

import (
	"slices"
	"strings"

	"dragoman/translators/chat"
)

// row says how an event is read. Every event can be read: those with a function
// of their own; those of whose actions deeds say enough, which become the card of
// generic; and those which GitHub has not invented yet.
type row struct {
	name   string
	of     string                       // the member that the event is about
	read   func(*event) error           // nil: generic
	noun   string                       // empty: the name in words
	show   func(*event, *subject) error // what generic shows of the thing, and how the thing is called
	deeds  []deed
	silent []string // actions of which nothing is said; the row says why
}

// The roles, for the tables.
const (
	post   = chat.Post
	update = chat.UpdateOnly
	status = chat.Status
)

// events are those of @octokit/webhooks 14.2.0, and issue_relates_to of
// GitHub's own description, in the order of their names.
var events = []row{
	{name: "branch_protection_configuration", noun: "branch protection", deeds: []deed{
		{"disabled", "switched off … for the whole repository", closed, post, ""},
		{"enabled", "switched on … for the whole repository", open, post, ""},
	}},
	{name: "branch_protection_rule", of: "rule", show: protection, deeds: []deed{
		{"created", "", pending, post, ""},
		{"edited", "", pending, post, ""},
		{"deleted", "", closed, post, ""},
	}},
	{name: "check_run", of: "check_run", read: checkRun},
	{name: "check_suite", of: "check_suite", read: checkSuite},
	{name: "code_scanning_alert", of: "alert", show: codeScanningAlert, deeds: []deed{
		{"created", "opened", bySeverity, post, ""},
		{"appeared_in_branch", "found … in another branch", bySeverity, post, ""},
		{"reopened", "", bySeverity, post, ""},
		{"reopened_by_user", "reopened", bySeverity, post, ""},
		{"fixed", "", open, status, ""},
		{"closed_by_user", "dismissed", neutral, status, ""},
		{"updated_assignment", "reassigned", bySeverity, update, ""},
	}},
	{name: "commit_comment", of: "comment", read: commitComment},
	{name: "create", read: create},
	{name: "custom_property", of: "definition", show: property, deeds: []deed{
		{"created", "", info, post, ""},
		{"updated", "changed", info, post, ""},
		{"deleted", "", closed, post, ""},
		{"promote_to_enterprise", "promoted … to the enterprise", info, post, ""},
		{"promoted_to_enterprise", "promoted … to the enterprise", info, post, ""},
	}},
	{name: "custom_property_values", noun: "custom properties of", of: "repository", show: propertyValues, deeds: []deed{
		{"updated", "changed", info, post, "Custom properties changed"},
	}},
	{name: "delete", read: remove},
	{name: "dependabot_alert", of: "alert", noun: "Dependabot alert", show: dependabotAlert, deeds: []deed{
		{"created", "opened", bySeverity, post, ""},
		{"reintroduced", "", bySeverity, post, ""},
		{"reopened", "", bySeverity, post, ""},
		{"auto_reopened", "reopened … by a rule", bySeverity, post, ""},
		{"fixed", "", open, status, ""},
		{"dismissed", "", neutral, status, ""},
		{"auto_dismissed", "dismissed … by a rule", neutral, status, ""},
		{"assignees_changed", "reassigned", bySeverity, update, ""},
	}},
	{name: "deploy_key", of: "key", show: deployKey, deeds: []deed{
		{"created", "added", pending, post, ""},
		{"deleted", "", closed, post, ""},
	}},
	{name: "deployment", of: "deployment", read: deployment},
	{name: "deployment_protection_rule", of: "deployment", noun: "deployment to", show: deploymentRule, deeds: []deed{
		{"requested", "asked a protection rule about", pending, status, "A protection rule is asked about the deployment to"},
	}},
	{name: "deployment_review", of: "workflow_run", noun: "run", show: deploymentReview, deeds: []deed{
		{"requested", "asked for approval to deploy to % in", pending, status, "Approval needed to deploy to %"},
		{"approved", "approved the deployment to % by", open, status, "Deployment to % approved"},
		{"rejected", "rejected the deployment to % by", closed, status, "Deployment to % rejected"},
	}},
	{name: "deployment_status", of: "deployment_status", read: deploymentStatus},
	{name: "discussion", of: "discussion", read: discussion},
	{name: "discussion_comment", of: "comment", read: discussionComment},
	{name: "fork", of: "forkee", noun: "repository", show: fork, deeds: []deed{
		{"", "forked … to %", info, post, ""},
	}},
	{name: "github_app_authorization", noun: "authorization of a GitHub App", deeds: []deed{
		{"revoked", "revoked the", closed, post, "Authorization of a GitHub App revoked"},
	}},
	{name: "gollum", read: wiki},
	{name: "installation", of: "installation", noun: "GitHub App", show: installation, deeds: []deed{
		{"created", "installed … on %", open, post, ""},
		{"deleted", "uninstalled … from %", closed, post, ""},
		{"new_permissions_accepted", "accepted new permissions of … on %", pending, post, "New permissions accepted for GitHub App on %"},
		{"suspend", "suspended … on %", closed, post, ""},
		{"unsuspend", "resumed … on %", open, post, ""},
	}},
	{name: "installation_repositories", of: "installation", noun: "GitHub App", show: installation, deeds: []deed{
		{"added", "gave … access to more repositories of %", pending, post, "GitHub App given access to more repositories of %"},
		{"removed", "took access to repositories of % from", info, post, "GitHub App lost access to repositories of %"},
	}},
	{name: "installation_target", of: "account", noun: "account", show: account, deeds: []deed{
		{"renamed", "renamed … from %", info, post, ""},
	}},
	{name: "issue_comment", of: "comment", read: issueComment},
	{name: "issue_dependencies", noun: "issue", show: dependency, deeds: []deed{
		{"blocked_by_added", "marked … as blocked by %", pending, status, ""},
		{"blocked_by_removed", "marked … as no longer blocked by %", neutral, status, ""},
		{"blocking_added", "marked … as blocking %", pending, status, ""},
		{"blocking_removed", "marked … as no longer blocking %", neutral, status, ""},
	}},
	{name: "issue_relates_to", of: "issue", noun: "issue", show: unknown, deeds: []deed{
		{"added", "related … to another", neutral, status, ""},
		{"removed", "unrelated … from another", neutral, status, ""},
	}},
	{name: "issues", of: "issue", read: issues},
	{name: "label", of: "label", show: label, deeds: []deed{
		{"created", "", neutral, post, ""},
		{"edited", "", neutral, update, ""},
		{"deleted", "", closed, post, ""},
		{"archived", "", neutral, update, ""},
		{"unarchived", "", neutral, update, ""},
	}},
	{name: "marketplace_purchase", of: "marketplace_purchase", noun: "plan", show: purchase, deeds: []deed{
		{"purchased", "bought … for %", open, post, "Marketplace plan bought for %"},
		{"changed", "changed to … for %", info, post, "Marketplace plan changed for %"},
		{"cancelled", "cancelled … for %", closed, post, "Marketplace plan cancelled for %"},
		{"pending_change", "is going to change to … for %", pending, post, "Marketplace plan going to change for %"},
		{"pending_change_cancelled", "is not going to change … for %", neutral, post, "Marketplace plan not going to change for %"},
	}},
	{name: "member", of: "member", noun: "collaborator", show: collaborator, deeds: []deed{
		{"added", "", open, post, ""},
		{"edited", "changed the role of", pending, post, "Role of collaborator changed"},
		{"removed", "", closed, post, ""},
	}},
	{name: "membership", of: "team", noun: "member", show: membership, deeds: []deed{
		{"added", "added … to team %", open, post, ""},
		{"removed", "removed … from team %", closed, post, ""},
	}},
	{name: "merge_group", of: "merge_group", show: mergeGroup, deeds: []deed{
		{"checks_requested", "asked for the checks of", pending, status, "Checks of the merge group for % requested"},
		{"destroyed", "took … off the merge queue", neutral, status, "Merge group for % removed"},
	}},
	{name: "meta", of: "hook", noun: "webhook", show: hookOf, deeds: []deed{
		{"deleted", "", closed, post, ""},
	}},
	{name: "milestone", of: "milestone", show: milestone, deeds: []deed{
		{"created", "", open, post, ""},
		{"opened", "reopened", open, post, ""},
		{"edited", "", open, update, ""},
		{"closed", "", merged, post, ""},
		{"deleted", "", closed, post, ""},
	}},
	{name: "org_block", of: "blocked_user", noun: "user", deeds: []deed{
		{"blocked", "", closed, post, ""},
		{"unblocked", "", open, post, ""},
	}},
	{name: "organization", of: "organization", noun: "member", show: organization, deeds: []deed{
		{"member_added", "added … to the organization", open, post, ""},
		{"member_invited", "invited … to the organization", pending, post, ""},
		{"member_removed", "removed … from the organization", closed, post, ""},
		{"renamed", "renamed … from %", info, post, ""},
		{"deleted", "", closed, post, ""},
	}},
	{name: "package", of: "package", show: pkg, deeds: packageDeeds},
	{name: "page_build", of: "build", read: pages},
	{name: "personal_access_token_request", of: "personal_access_token_request", noun: "personal access token of", show: tokenRequest, deeds: []deed{
		{"created", "asked for access with the", pending, post, "Personal access token asks for access"},
		{"approved", "approved the", open, post, "Personal access token approved"},
		{"denied", "denied access to the", closed, post, "Personal access token denied"},
		{"cancelled", "withdrew the request for the", neutral, post, "Request for a personal access token withdrawn"},
	}},
	{name: "ping", read: ping},
	{name: "project", of: "project", show: oldProject, deeds: []deed{
		{"created", "", open, post, ""},
		{"edited", "", neutral, update, ""},
		{"closed", "", merged, post, ""},
		{"reopened", "", open, post, ""},
		{"deleted", "", closed, post, ""},
	}},
	{name: "project_card", of: "project_card", show: oldCard, deeds: []deed{
		{"created", "", neutral, post, ""},
		{"edited", "", neutral, update, ""},
		{"moved", "", neutral, update, ""},
		{"converted", "converted … to an issue", neutral, update, ""},
		{"deleted", "", closed, post, ""},
	}},
	{name: "project_column", of: "project_column", show: oldProject, deeds: []deed{
		{"created", "", neutral, post, ""},
		{"edited", "", neutral, update, ""},
		{"moved", "", neutral, update, ""},
		{"deleted", "", closed, post, ""},
	}},
	{name: "projects_v2", of: "projects_v2", noun: "project", show: project, deeds: []deed{
		{"created", "", open, post, ""},
		{"edited", "", neutral, update, ""},
		{"closed", "", merged, post, ""},
		{"reopened", "", open, post, ""},
		{"deleted", "", closed, post, ""},
	}},
	// That an item moved up or down is nothing to read.
	{name: "projects_v2_item", of: "projects_v2_item", noun: "item of a project", show: projectItem, silent: []string{"reordered"}, deeds: []deed{
		{"created", "added", neutral, post, ""},
		{"edited", "changed", neutral, update, ""},
		{"archived", "", neutral, update, ""},
		{"restored", "", neutral, update, ""},
		{"converted", "converted … from a draft", neutral, update, ""},
		{"deleted", "removed", neutral, post, ""},
	}},
	{name: "projects_v2_status_update", of: "projects_v2_status_update", show: projectStatus, deeds: []deed{
		{"created", "says that the project is", info, post, "Status of project"},
		{"edited", "changed the status of the project to", info, update, "Status of project changed"},
		{"deleted", "took back that the project is", closed, post, "Status of project taken back"},
	}},
	{name: "public", of: "repository", noun: "repository", show: repository, deeds: []deed{
		{"", "made … public", pending, post, ""},
	}},
	{name: "pull_request", of: "pull_request", read: pullRequest},
	{name: "pull_request_review", of: "review", read: review},
	{name: "pull_request_review_comment", of: "comment", read: reviewComment},
	{name: "pull_request_review_thread", of: "thread", noun: "pull request", show: reviewThread, deeds: []deed{
		{"resolved", "resolved a conversation on", merged, status, "Conversation resolved"},
		{"unresolved", "took up a conversation again on", pending, status, "Conversation taken up again"},
	}},
	{name: "push", read: push},
	{name: "registry_package", of: "registry_package", noun: "package", show: pkg, deeds: packageDeeds},
	{name: "release", of: "release", read: release},
	{name: "repository", of: "repository", show: repository, deeds: []deed{
		{"created", "", open, post, ""},
		{"deleted", "", closed, post, ""},
		{"archived", "", neutral, post, ""},
		{"unarchived", "", open, post, ""},
		{"edited", "", neutral, update, ""},
		{"renamed", "renamed … from %", info, post, "Repository renamed from %"},
		{"transferred", "transferred … from %", info, post, "Repository transferred from %"},
		{"publicized", "made … public", pending, post, ""},
		{"privatized", "made … private", neutral, post, ""},
	}},
	{name: "repository_advisory", of: "repository_advisory", noun: "security advisory", show: advisory, deeds: []deed{
		{"published", "", bySeverity, post, ""},
		{"reported", "reported a vulnerability in", bySeverity, post, "Vulnerability reported"},
	}},
	{name: "repository_dispatch", read: dispatch},
	{name: "repository_import", noun: "repository", show: imported, deeds: []deed{
		{"", "imported", neutral, post, "Repository import"},
	}},
	{name: "repository_ruleset", of: "repository_ruleset", noun: "ruleset", show: ruleset, deeds: []deed{
		{"created", "", pending, post, ""},
		{"edited", "", pending, post, ""},
		{"deleted", "", closed, post, ""},
	}},
	{name: "repository_vulnerability_alert", of: "alert", noun: "vulnerability alert", show: oldAlert, deeds: []deed{
		{"create", "opened", bySeverity, post, ""},
		{"reopen", "reopened", bySeverity, post, ""},
		{"dismiss", "dismissed", neutral, status, ""},
		{"resolve", "resolved", open, status, ""},
	}},
	{name: "secret_scanning_alert", of: "alert", noun: "secret scanning alert", show: secretAlert, deeds: []deed{
		{"created", "opened", critical, post, ""},
		{"publicly_leaked", "found in public the secret of", critical, post, "Secret publicly leaked"},
		{"validated", "checked the secret of", critical, post, "Secret checked"},
		{"reopened", "", critical, post, ""},
		{"resolved", "", open, status, ""},
		{"assigned", "", critical, update, ""},
		{"unassigned", "", critical, update, ""},
		{"metadata_created", "found out more about", critical, update, ""},
		{"metadata_removed", "removed what is known about", critical, update, ""},
	}},
	{name: "secret_scanning_alert_location", of: "alert", noun: "secret scanning alert", show: secretLocation, deeds: []deed{
		{"created", "found another place of", critical, status, "Secret found in another place"},
	}},
	{name: "secret_scanning_scan", noun: "secret scan", show: secretScan, deeds: []deed{
		{"completed", "", neutral, update, ""}, // what it found raises alerts
	}},
	{name: "security_advisory", of: "security_advisory", show: advisory, deeds: []deed{
		{"published", "", bySeverity, post, ""},
		{"updated", "", bySeverity, update, ""},
		{"withdrawn", "withdrew", neutral, post, "Security advisory withdrawn"},
	}},
	{name: "security_and_analysis", noun: "security settings of", show: securitySettings, deeds: []deed{
		{"", "changed the", pending, post, "Security settings changed"},
	}},
	{name: "sponsorship", of: "sponsorship", noun: "sponsorship of", show: sponsorship, deeds: []deed{
		{"created", "began the", sponsored, post, "New sponsorship"},
		{"cancelled", "ended the", neutral, post, "Sponsorship ended"},
		{"edited", "changed the", sponsored, update, "Sponsorship changed"},
		{"tier_changed", "changed the tier of the", sponsored, post, "Tier of sponsorship changed"},
		{"pending_cancellation", "is going to end the", neutral, post, "Sponsorship going to end"},
		{"pending_tier_change", "is going to change the tier of the", sponsored, post, "Tier of sponsorship going to change"},
	}},
	{name: "star", of: "repository", noun: "repository", show: star, deeds: []deed{
		{"created", "starred", starred, post, "Starred"},
		{"deleted", "took back the star of", neutral, post, "Star taken back"},
	}},
	{name: "status", read: commitStatus},
	{name: "sub_issues", of: "sub_issue", noun: "issue", show: subIssue, deeds: []deed{
		{"sub_issue_added", "added sub-issue % to", info, status, "Sub-issue % added"},
		{"sub_issue_removed", "removed sub-issue % from", neutral, status, "Sub-issue % removed"},
		{"parent_issue_added", "made … part of %", info, status, ""},
		{"parent_issue_removed", "made … no longer part of %", neutral, status, ""},
	}},
	{name: "team", of: "team", show: team, deeds: []deed{
		{"created", "", open, post, ""},
		{"edited", "", neutral, update, ""},
		{"deleted", "", closed, post, ""},
		{"added_to_repository", "added … to the repository", open, post, ""},
		{"removed_from_repository", "removed … from the repository", closed, post, ""},
	}},
	{name: "team_add", of: "team", noun: "team", show: team, deeds: []deed{
		{"", "added … to the repository", open, post, ""},
	}},
	{name: "watch", of: "repository", noun: "repository", show: star, deeds: []deed{
		{"started", "starred", starred, post, "Starred"}, // what GitHub calls a watch is a star
	}},
	{name: "workflow_dispatch", noun: "workflow", show: byHand, deeds: []deed{
		{"", "started … on % by hand", info, post, ""},
	}},
	{name: "workflow_job", of: "workflow_job", read: workflowJob},
	{name: "workflow_run", of: "workflow_run", read: workflowRun},
}

var packageDeeds = []deed{
	{"published", "", info, post, ""},
	{"updated", "", info, post, ""},
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
	i, ok := slices.BinarySearchFunc(events, name, func(r row, name string) int { return strings.Compare(r.name, name) })
	if !ok {
		return &row{name: name}
	}
	return &events[i]
}

// deed is the one of an action, nil if there is none.
func (r *row) deed(action string) *deed {
	for i := range r.deeds {
		if r.deeds[i].action == action {
			return &r.deeds[i]
		}
	}
	return nil
}
