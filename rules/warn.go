package rules

import (
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// fragile finds the places where raw(…) stands under an operator. Where its path is
// missing, or holds something of another type, the operator fails and with it the
// rule. Comparing with ==, != and in, and ?? do not fail.
func fragile(e Expr, root ast.Node, where string) (out []*Error) {
	var visit func(n ast.Node)
	visit = func(n ast.Node) {
		var operands []ast.Node
		operator := ""
		switch n := n.(type) {
		case *ast.BinaryNode:
			if !slices.Contains([]string{"==", "!=", "in", "??"}, n.Operator) {
				operator, operands = n.Operator, []ast.Node{n.Left, n.Right}
			}
		case *ast.UnaryNode:
			operator, operands = n.Operator, []ast.Node{n.Node}
		case *ast.MemberNode:
			if !n.Optional {
				operator, operands = ".", []ast.Node{n.Node}
			}
		}
		for _, o := range operands {
			if call, ok := o.(*ast.CallNode); ok && isCall(call, "raw") {
				err := &file.Error{Location: call.Location(), Message: "raw(…) under the operator " + operator +
					" fails the rule where the path is missing; use str, num, bool or list, or raw(…) ?? a value"}
				f := e.wrong(err.Bind(file.NewSource(e.Text)), where)
				out = append(out, f)
			}
		}
		for c := range children(n) {
			visit(c)
		}
	}
	visit(root)
	return out
}

// isCall tells whether n calls the function of that name.
func isCall(n ast.Node, name string) bool {
	c, ok := n.(*ast.CallNode)
	if !ok {
		return false
	}
	id, ok := c.Callee.(*ast.IdentifierNode)
	return ok && id.Value == name
}
