'use strict';
// Every word that the page says: English and Chinese side by side. {0} and {1} stand for arguments.

/** @type {Record<string, [string, string]>} */
const words = {
  calls: ['Calls', '呼叫'], call: ['Call {0}', '呼叫 {0}'], count: ['{0} of {1}', '{0} / {1}'],
  ladder: ['Ladder', '梯形图'], table: ['Table', '表格'], streams: ['Media', '媒体'], findings: ['Findings', '发现'],
  check: ['Check', '检查'], message: ['Message', '消息'], raw: ['Raw', '原文'], parsed: ['Parsed', '解析'],
  session: ['Session', '会话'], hex: ['Hex', '十六进制'], diff: ['Compare', '对比'],
  search: ['Search all messages', '搜索全部消息'], hits: ['{0} messages in {1} calls', '{1} 个呼叫中的 {0} 条消息'],
  noHits: ['Nothing found', '没有找到'], filters: ['Filters', '筛选'], all: ['all', '全部'], clear: ['Clear', '清除'],
  kind: ['Kind', '类型'], outcome: ['Outcome', '结果'], method: ['Method', '方法'], class: ['Status', '状态'],
  host: ['Host', '主机'], withSession: ['with SDP', '含 SDP'], withFindings: ['with findings', '有发现'],
  withAgain: ['retransmissions', '重传'], sort: ['Sort', '排序'], sortStart: ['by time', '按时间'],
  sortCount: ['by messages', '按消息数'], sortTalk: ['by duration', '按时长'], sortOutcome: ['by outcome', '按结果'],
  frame: ['frame', '帧'], time: ['time', '时间'], delta: ['delta', '间隔'], from: ['from', '主叫'], to: ['to', '被叫'],
  source: ['source', '源'], destination: ['destination', '目的'], messages: ['{0} messages', '{0} 条消息'],
  packets: ['{0} packets', '{0} 个包'], packetsWord: ['packets', '包'], theme: ['Light or dark', '浅色或深色'], language: ['中文', 'English'],
  print: ['Print', '打印'], save: ['Save data', '保存数据'], help: ['Keys', '快捷键'], close: ['Close', '关闭'],
  back: ['Back', '返回'], link: ['Copy link', '复制链接'], filter: ['Copy tshark filter', '复制 tshark 过滤器'],
  copied: ['Copied', '已复制'], notCopied: ['The browser does not allow copying', '浏览器不允许复制'],
  notice: ['contains captured traffic', '含抓包内容'], redacted: ['names and addresses replaced', '姓名与地址已替换'],
  incomplete: ['The capture was not read to its end.', '抓包未读完。'],
  truncated: ['The file is cut short.', '文件不完整。'],
  gap: ['{0} later', '{0} 之后'], sentAgain: ['sent again, {0} times', '重发第 {0} 次'], hop: ['forwarded', '转发'],
  duplicate: ['captured twice', '重复捕获'], ofFrame: ['{0}, see frame {1}', '{0}，见帧 {1}'],
  challenged: ['challenged', '经过质询'], endedBy: ['ended by {0}', '由{0}结束'], legs: ['legs', '呼叫分支'],
  legOnly: ['this leg only', '仅此分支'], pdd: ['post-dial delay', '拨号后延迟'], ring: ['ringing', '振铃'],
  talk: ['talk', '通话'], pick: ['Choose a message in the ladder.', '请在梯形图中选择一条消息。'],
  noRaw: ['The octets are not in this report.', '此报告不含原始字节。'],
  noSession: ['This message has no session description.', '此消息没有会话描述。'],
  noOther: ['No other description to compare with.', '没有可对比的描述。'],
  noDiff: ['Mark two messages with the space bar, then press d.', '用空格标记两条消息，然后按 d。'],
  noStreams: ['No media was seen for this call.', '此呼叫没有媒体。'],
  noFindings: ['Nothing to remark.', '没有发现问题。'], noCalls: ['No calls here.', '没有呼叫。'],
  only: ['Only the first {0} are shown.', '只显示前 {0} 条。'],
  offer: ['Offer', '提议'], answer: ['Answer', '应答'], kept: ['kept', '保留'], dropped: ['dropped', '去除'],
  added: ['added', '新增'], renumbered: ['number {0} → {1}', '编号 {0} → {1}'], hold: ['hold', '保持'],
  early: ['early media', '早期媒体'], rejected: ['refused (port 0)', '拒绝（端口 0）'], address: ['address', '地址'],
  direction: ['direction', '方向'], codecs: ['codecs', '编解码'], media: ['media', '媒体'],
  issues: ['Issues', '问题'], header: ['header', '头域'], value: ['value', '值'], body: ['Body', '消息体'],
  relation: ['relation', '关系'], transport: ['transport', '传输'], transaction: ['transaction', '事务'],
  sinceRequest: ['after its request', '距请求'], unchanged: ['unchanged', '未变'],
  loss: ['loss', '丢包'], jitter: ['jitter', '抖动'], lost: ['lost', '丢失'], perSecond: ['Each second', '每秒'],
  second: ['second', '秒'], quality: ['MOS, estimated', 'MOS（估计）'], octets: ['octets', '字节'],
  toFrame: ['Go to frame', '跳到帧'], noFrame: ['No message in frame {0}', '帧 {0} 没有消息'],
  caller: ['caller', '主叫'], callee: ['callee', '被叫'], proxy: ['proxy', '代理'], registrar: ['registrar', '注册服务器'],
  network: ['network', '网络'], other: ['', ''], error: ['error', '错误'], warning: ['warning', '警告'],
  note: ['note', '提示'], light: ['light', '浅色'], dark: ['dark', '深色'],
  expected: ['expected', '期望'], seen: ['seen', '实际'], verdict: ['verdict', '结论'], step: ['step', '步骤'],
  pass: ['pass', '通过'], fail: ['fail', '未通过'], inconclusive: ['inconclusive', '无法判定'],
  unusable: ['unusable', '不可用'], points: ['points', '得分'], allowed: ['extra, allowed', '额外，允许'], met: ['met', '符合'], missing: ['missing', '缺失'],
  out_of_order: ['out of order', '顺序错误'], violated: ['violated', '违反'], undecidable: ['undecidable', '无法判定'],
  'kind.call': ['call', '呼叫'], 'kind.registration': ['registration', '注册'],
  'kind.subscription': ['subscription', '订阅'], 'kind.message': ['message', '短消息'],
  'kind.options': ['options', '探测'], 'kind.invitation': ['invitation', '邀请'], 'kind.other': ['other', '其他'],
  'outcome.answered': ['answered', '已接听'], 'outcome.busy': ['busy', '忙'], 'outcome.rejected': ['rejected', '拒接'],
  'outcome.cancelled': ['cancelled', '已取消'], 'outcome.no_answer': ['no answer', '无人接听'],
  'outcome.no_response': ['no response', '无响应'], 'outcome.unavailable': ['unavailable', '暂不可用'],
  'outcome.not_found': ['not found', '不存在'], 'outcome.auth_failed': ['authentication failed', '认证失败'],
  'outcome.redirected': ['redirected', '重定向'], 'outcome.failed': ['failed', '失败'],
  'outcome.accepted': ['accepted', '已接受'], 'outcome.registered': ['registered', '已注册'],
  'outcome.unregistered': ['unregistered', '已注销'], 'outcome.delivered': ['delivered', '已送达'],
  'outcome.in_progress': ['in progress', '进行中'], 'outcome.unknown': ['unknown', '未知'],
  'outcome.offered': ['offered', '已提议'],
  'key.move': ['previous and next line', '上一行、下一行'], 'key.open': ['open', '打开'], 'key.back': ['back', '返回'],
  'key.search': ['search', '搜索'], 'key.filter': ['filters', '筛选'],
  'key.hits': ['next and previous hit or message', '下一个、上一个匹配或消息'], 'key.go': ['go to frame', '跳到帧'],
  'key.legs': ['all legs or this one', '全部分支或仅此分支'], 'key.raw': ['raw message', '消息原文'],
  'key.mark': ['mark a message', '标记消息'], 'key.diff': ['compare marked messages, or session', '对比标记的消息或会话'],
  'key.media': ['media', '媒体'], 'key.table': ['ladder as a table', '表格视图'],
  'key.zoom': ['wider, narrower, fit', '加宽、变窄、适应'], 'key.time': ['time of day or since the start', '时刻或相对时间'],
  'key.color': ['colours by leg or by kind', '按分支或类型着色'], 'key.theme': ['light or dark', '浅色或深色'],
  'key.help': ['this list', '此列表'],
};

let language = document.documentElement.lang === 'zh-CN' ? 'zh-CN' : 'en';

/** @param {string} key @param {...(string|number)} values @returns {string} */
function say(key, ...values) {
  const pair = words[key];
  if (!pair) return key;
  return pair[language === 'en' ? 0 : 1].replace(/\{(\d)\}/g, (_, i) => String(values[i]));
}

/** Seconds as people say them: "12 ms", "3.2 s", "1:02:05". @param {number} seconds */
function duration(seconds) {
  if (seconds < 1) return `${+(seconds * 1000).toPrecision(3)} ms`;
  if (seconds < 60) return `${+seconds.toPrecision(3)} s`;
  const whole = Math.round(seconds);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
