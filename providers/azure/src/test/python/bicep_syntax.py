"""Prints where a Bicep file is none, a line each: line:column and what stands there. Nothing where it is one."""

import sys

import tree_sitter
import tree_sitter_bicep


def errors(node, source):
    if node.is_error or node.is_missing:
        line, column = node.start_point
        text = source[node.start_byte : node.end_byte].decode().split("\n")[0]
        yield f"{line + 1}:{column + 1} {'missing ' + node.type if node.is_missing else text}"
    for child in node.children:
        yield from errors(child, source)


with open(sys.argv[1], "rb") as file:
    source = file.read()
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
for error in errors(parser.parse(source).root_node, source):
    print(error)
