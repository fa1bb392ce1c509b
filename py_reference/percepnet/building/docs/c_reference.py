"""The C reference: a page written from the public headers' declarations and the comments beside them."""

import re
from dataclasses import dataclass, field

HEADERS = {"percepnet.h": "Functions", "percepnet_types.h": "Constants and structures"}
ONLY_FOR_COMPILERS = re.compile(
    r"#ifdef __cplusplus.*?#endif|#if defined\(__GNUC__\).*?#endif|\bPERCEPNET_API\b", re.DOTALL
)
FRAME = re.compile(r"^/\*+ ?| ?\*/$|^ \* ?", re.MULTILINE)
INTRODUCTION = """# C reference

Written from the comments of [`percepnet.h`](core_c/include/percepnet.h); [a whole program](core_c/README.md).
"""


@dataclass
class Group:
    """Declarations without an empty line between them, and the comment above them."""

    comment: str = ""
    items: list = field(default_factory=list)  # [directive, what it declares, comment behind it, members]


def page(folder):
    """The page in Markdown for the headers in `folder`."""
    parts = [INTRODUCTION]
    for name, title in HEADERS.items():
        parts.append(f"## {title}\n")
        parts.append("\n---\n\n".join(written(group) for group in groups((folder / name).read_text())))
    return "\n".join(parts)


def groups(text):
    """The groups of a header, in order."""
    found, last_row = [Group()], 0
    for node in declarations(ONLY_FOR_COMPILERS.sub(lambda m: "\n" * m[0].count("\n"), text)):
        row = node.start_point.row
        if node.type == "comment" and row == last_row and found[-1].items:
            found[-1].items[-1][2] = plain(node)
            continue
        if node.type == "comment" or row > last_row + 1:
            found.append(Group())
        if node.type == "comment":
            found[-1].comment = plain(node)
        elif item := declared(node):
            found[-1].items.append(item)
        last_row = last_line(node)
    return [group for group in found if group.items or group.comment]


def declarations(text):
    """The syntax nodes of the header's outermost level, include guard opened."""
    import tree_sitter_c
    from tree_sitter import Language, Parser

    nodes = Parser(Language(tree_sitter_c.language())).parse(text.encode()).root_node.children
    for node in nodes:
        yield from node.children if node.type == "preproc_ifdef" else [node]


def last_line(node):
    """A directive's node ends where the next line begins."""
    return node.end_point.row - (node.end_point.column == 0)


def declared(node):
    """[directive, what is declared, comment behind it, members] for what users can call or name, else None."""
    if node.type == "preproc_def" and (value := node.child_by_field_name("value")):
        name, behind = node.child_by_field_name("name"), [plain(c) for c in node.children if c.type == "comment"]
        return ["c:macro", text_of(name), ": ".join([f"`{text_of(value).strip()}`", *behind]), []]
    if node.type == "declaration":
        return ["c:function", " ".join(text_of(node).rstrip(";").split()), "", []]
    if node.type == "type_definition":
        body = node.child_by_field_name("type").child_by_field_name("body")
        name = text_of(node.child_by_field_name("declarator"))
        return ["c:struct", name, "", members(body)] if body else ["c:type", name, "", []]
    return None


def members(body):
    """[declaration, comment] of each field of a structure."""
    found = []
    for node in body.children:
        if node.type == "field_declaration":
            found.append([text_of(node).rstrip(";"), ""])
        elif node.type == "comment":
            found[-1][1] = plain(node)
    return found


def text_of(node):
    return node.text.decode()


def plain(comment):
    """What a comment says, as Markdown; what is indented in it is code."""
    lines = FRAME.sub("", text_of(comment)).splitlines()
    lines = [line for line in lines if not line.startswith(("SPDX", "Generated"))]
    return "\n".join(line if line.startswith("    ") else line.replace("*", "\\*") for line in lines).strip()


def written(group):
    """A group in Markdown: its comment, then a directive of Sphinx's C domain for each declaration."""
    parts = [f"{group.comment}\n"] if group.comment else []
    for directive, what, comment, fields in group.items:
        inner = [comment, *(block("c:member", *member) for member in fields)]
        parts.append(block(directive, what, "\n".join(filter(None, inner)), fence="::::"))
    return "\n".join(parts)


def block(directive, what, inner, fence=":::"):
    return f"{fence}{{{directive}}} {what}\n{inner}\n{fence}\n"
