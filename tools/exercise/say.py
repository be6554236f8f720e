# SPDX-License-Identifier: MIT
"""say.py - the sentences of ./vitrine exercise, in English and in Chinese."""
import os
import re

WIDTH = 80

WORDS = {
    "find": ("find", "找错"),
    "predict": ("predict", "预测"),
    "write": ("write", "编写"),
    "done": ("done", "完成"),
    "begun": ("begun", "进行中"),
    "head": ("N   KIND     STATE  TITLE, AND THE PAINS (P) AND QUESTIONS (M) IT IS ABOUT",
             "N   类型     状态   标题, 以及涉及的难点 (P) 和问题 (M)"),
    "tail": ("./vitrine exercise start N begins one", "用 ./vitrine exercise start N 开始一道练习"),
    "none": ("there is no exercise {n}; the numbers are 1 to {last} (./vitrine exercise list)",
             "没有练习 {n}; 编号是 1 到 {last} (./vitrine exercise list)"),
    "exists": ("{folder} exists already; remove it, or add --again to begin anew",
               "{folder} 已经存在; 请先删除它, 或加 --again 重新开始"),
    "absent": ("there is no {folder}; ./vitrine exercise start {n} makes it",
               "没有 {folder}; 用 ./vitrine exercise start {n} 创建"),
    "no_folder": ("there is no directory {folder}", "没有目录 {folder}"),
    "here": ("--- it is all in {folder}; what to do next:", "--- 材料都在 {folder} 中; 接下来:"),
    "edit": ("  edit {file}", "  编辑 {file}"),
    "watch": ("  ./vitrine watch {folder}{words}    shows what happens",
              "  ./vitrine watch {folder}{words}    查看发生了什么"),
    "then": ("  ./vitrine exercise check {n}    says whether it is right; `hint {n}` helps",
             "  ./vitrine exercise check {n}    检查是否正确; `hint {n}` 给出提示"),
    "right": ("exercise {n}: right.", "练习 {n}: 正确."),
    "wrong": ("exercise {n}: not yet: {why}", "练习 {n}: 还不对: {why}"),
    "more": ("(the second one: ./vitrine exercise hint {n} 2)", "(第二条提示: ./vitrine exercise hint {n} 2)"),
    "no_file": ("{file} is missing", "缺少 {file}"),
    "no_answer": ("{file} has no answer for `{key}` yet", "{file} 中还没有填写 `{key}`"),
    "not_place": ("{given} is not where the mistake is; read the line `since:` or `from:` again",
                  "错误不在 {given}; 请再读一遍 `起因:` 或 `调用:` 那几行"),
    "not_there": ("{given} is not where the mistake is; the hints lead to the file", "错误不在 {given}; 提示会指出文件"),
    "boot": ("  cd {folder}/vitrine; ./vitrine run    boots it; at the prompt type: {words}",
             "  cd {folder}/vitrine; ./vitrine run    启动它; 在提示符后输入: {words}"),
    "no_place": ("`{given}` is no function and no line of this kernel",
                 "`{given}` 不是这个内核的函数, 也不是其中的一行"),
    "not_value": ("{key}: {given} is not right. {reason}", "{key}: {given} 不对. {reason}"),
    "not_built": ("it does not compile: {why}", "编译不通过: {why}"),
    "prototype": ("{name}() is called without a prototype, so the compiler takes its result for an int: declare it "
                  "in a header", "{name}() 没有函数原型就被调用, 编译器会把返回值当作 int: 请在头文件中声明它"),
    "undefined": ("C does not define what it does: {why}", "C 语言没有定义这种行为: {why}"),
    "ended": ("the system ends: {why}", "系统停止了: {why}"),
    "prints": ("`{command}` prints `{got}`, and should print `{want}`", "`{command}` 输出 `{got}`, 应输出 `{want}`"),
    "model": ("the model of harts and tables says: {why}", "处理器与页表的模型报告: {why}"),
    "silent": ("the machine reports: {why}", "机器报告: {why}"),
    "printed": ("the kernel does not print {want!r}; it prints: {got}", "内核没有输出 {want!r}; 它输出: {got}"),
    "no_tool": ("{tool} is not installed", "没有安装 {tool}"),
    "usage": ("usage: ./vitrine exercise list|start N|check N|hint N [2]|solution N\n"
              "       start: --seed NUMBER or --student NAME, --again; check: --json FOLDER\n"
              "       all: --lang en|zh",
              "用法: ./vitrine exercise list|start N|check N|hint N [2]|solution N\n"
              "      start: --seed 数字 或 --student 名字, --again; check: --json 目录\n"
              "      各个动词: --lang en|zh"),
}


def language(asked=None):
    """The language that was asked for, or the one of the environment."""
    if asked:
        return asked
    names = ("VITRINE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    known = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "zh" if known.startswith("zh") else "en"


class Voice:
    """Says the sentences in one language."""

    def __init__(self, lang):
        self.lang = lang

    def __call__(self, word, **values):
        en, zh = WORDS[word]
        return (zh if self.lang == "zh" else en).format(**values)


def wide(c):
    """Does the character take two columns, and may a line end behind it?"""
    return ord(c) > 0x2e7f


def columns(text):
    return sum(2 if wide(c) else 1 for c in text)


def wrapped(paragraph, width=WIDTH):
    """The lines of a paragraph, of at most that many columns. Chinese has no blanks; a line may end behind any of its
    characters, but not in front of a punctuation mark."""
    text = re.sub(r"\s*\n\s*", " ", paragraph.strip())
    text = re.sub(r"(?<=[\u2e80-\uffef]) (?=[\u2e80-\uffef])", "", text)
    line = ""
    for word in re.findall(r"[\u2e80-\uffef][,.:;)?!]*|[^\s\u2e80-\uffef]+| ", text):
        if columns(line + word) > width and word != " ":
            yield line.rstrip()
            line = ""
        line += word
    yield line


def hang(line, indent=6):
    """A line for a terminal; the rest of a long one goes to indented lines below."""
    start = line[:len(line) - len(line.lstrip())]
    parts = list(wrapped(line, WIDTH - max(indent, len(start))))
    return "\n".join([start + parts[0], *(" " * indent + part for part in parts[1:])])


def flow(text):
    """The text for a terminal. Lines that are indented or begin a list or heading stay as they are."""
    done = []
    for block in re.split(r"\n{2,}", text):
        if re.match(r" |- |#|\|", block):
            done.append(block)
        else:
            done.append("\n".join(wrapped(block)))
    return "\n\n".join(done)
