#include <array>

#include "reports/explain/catalogue.hpp"

namespace rungs::reports::explain {
namespace {

constexpr std::array table{
    Entry{"archive-encrypted", "压缩包已加密，需要密码的部分没有读取。",
          "Nothing can be graded that cannot be read; ask for it again without a password.",
          "读不出来就无法评分，请让学生重新提交不加密的压缩包。", "zip -e lab.zip cancel.pcap",
          "zip lab.zip cancel.pcap"},
    Entry{"archive-damaged", "压缩包不完整或已损坏，能读出的部分已保留。",
          "What was cut off is not the student's fault when the upload or the download broke.",
          "如果是上传或下载中断，缺少的部分不是学生的错。",
          "lab.zip of 40 000 octets, 12 288 of which arrived", "lab.zip, complete"},
    Entry{"archive-nested", "压缩包嵌套太深，没有打开。",
          "Archives in archives in archives are rarely meant, and a known trick to exhaust programs.",
          "层层嵌套的压缩包多半是误操作，也是耗尽程序资源的惯用手段。",
          "class.zip/ana.zip/lab.rar/cancel.pcap", "class.zip/ana.zip/cancel.pcap"},
    Entry{"archive-path", "压缩包里有指向外部的名字，只用于显示。",
          "Unpacked by another program, such a file can overwrite others on the disk.",
          "用别的程序解压时，这样的文件可能覆盖磁盘上的其他文件。", "../../.profile", "cancel.pcap"},
    Entry{"submission-link", "提交的是链接或特殊文件，没有打开。",
          "A link can point at files that are not the student's; only files that were handed in are read.",
          "链接可以指向不属于该学生的文件，只读取真正提交的文件。", "cancel.pcap -> /etc/passwd",
          "cancel.pcap, a file"},
    Entry{"submission-limit", "内容超出本程序读取一份作业或一个班级的上限。",
          "The message names the limit; docs/limits.md says what it bounds. Look at this work by hand.",
          "消息里写明了是哪个上限，含义见 docs/limits.md。请人工查看这份作业。",
          "lab.zip, 40 kB that unpack to 4 GB", "lab.zip, 40 kB that unpack to 90 kB"},
    Entry{"submission-unreadable", "作业中的一个文件无法读取。",
          "The file is there, but the program may not read it, or the disk failed.",
          "文件存在，但程序没有读取权限，或者磁盘出错。", "---------- cancel.pcap", "-rw-r--r-- cancel.pcap"},
    Entry{"submission-empty", "提交的文件夹或压缩包里没有文件。",
          "Something was handed in, but not what was meant: ask before it counts as nothing.",
          "学生提交了东西，但不是想交的内容，记零分之前先问一问。", "ana.zip without entries",
          "ana.zip with cancel.pcap"},
    Entry{"submission-repeated", "一名学生提交了不止一次，所有文件都会查看。",
          "Which one counts is the rubric's choice: newest, best or all captures.",
          "以哪一次为准由评分标准决定：最新、最好或全部抓包。", "2021001_张三.zip, 2021001_张三_new.zip",
          "2021001_张三.zip"},
    Entry{"submission-ambiguous", "提交的名字与多名学生相符，没有猜测。",
          "Two students of one name need a number: in the file name, or in the roster the platform's "
          "identifier.",
          "同名学生要靠编号区分：写在文件名里，或在名单里加上平台的标识符。",
          "张伟.zip (two of them in the roster)", "2021007_张伟.zip"},
    Entry{"submission-anonymous", "平台隐藏了姓名，学生以平台编号表示。",
          "Marks find their rows of the worksheet by these numbers; a roster of names cannot be used.",
          "成绩按这些编号写回成绩表，姓名名单用不上。", "Participant_1042_assignsubmission_file_",
          "Ana Lee_1042_assignsubmission_file_"},
    Entry{"roster-row", "名单中的一行被略过。",
          "A line needs an id or a name, and an id stands once; whoever was meant is missing from the class.",
          "每行要有学号或姓名，学号不能重复；被略过的学生不在班级里。", "2021001,Ana Lee (twice)",
          "2021001,Ana Lee"},
};

} // namespace

std::span<const Entry> intake_entries() {
    return table;
}

} // namespace rungs::reports::explain
