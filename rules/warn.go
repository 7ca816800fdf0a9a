package rules

import "github.com/expr-lang/expr/ast"

func fragile(e Expr, n ast.Node, where string) []*Error { return nil }
