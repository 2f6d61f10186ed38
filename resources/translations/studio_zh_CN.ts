<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About ViMD Studio</source>
        <translation>关于 ViMD Studio</translation>
    </message>
    <message>
        <source>&lt;p style=&apos;font-size:18px; font-weight:600&apos;&gt;ViMD Studio {0}&lt;/p&gt;&lt;p&gt;Classifies low-resolution images with super-resolution and Vision Mamba, and learns from your corrections.&lt;/p&gt;&lt;p&gt;Licence: Apache-2.0&lt;/p&gt;</source>
        <translation>&lt;p style=&apos;font-size:18px; font-weight:600&apos;&gt;ViMD Studio {0}&lt;/p&gt;&lt;p&gt;用超分辨率和 Vision Mamba 对低分辨率图像进行分类，并从您的更正中学习。&lt;/p&gt;&lt;p&gt;许可证：Apache-2.0&lt;/p&gt;</translation>
    </message>
    <message>
        <source>SYSTEM INFORMATION</source>
        <translation>系统信息</translation>
    </message>
    <message>
        <source>System information</source>
        <translation>系统信息</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Licences…</source>
        <translation>许可证…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Components of ViMD Studio and their licences. Qt and all other libraries are separate files next to the program, and each can be replaced by another build.</source>
        <translation>ViMD Studio 的组成部分及各自的许可条款。Qt 和所有其他库都以独立文件的形式放在程序旁边；每个库都可以换成它的其他构建版本。</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>AccuracyChart</name>
    <message>
        <source>Accuracy over time</source>
        <translation>准确率随时间的变化</translation>
    </message>
    <message numerus="yes">
        <source>Accuracy of the model in use at the time on your latest %Ln label(s), excluding captures it was trained on. The band is the 95 % confidence interval; a line marks a new model.</source>
        <translation>
            <numerusform>当时所用模型在您最近 %Ln 个标注上的准确率（不含用于训练的图像）。阴影带为 95 % 置信区间；竖线表示换了新模型。</numerusform>
        </translation>
    </message>
    <message>
        <source>Accuracy over time, currently {0}</source>
        <translation>准确率随时间的变化，目前 {0}</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message numerus="yes">
        <source>After %Ln label(s)</source>
        <translation>
            <numerusform>%Ln 个标签之后</numerusform>
        </translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open f&amp;iles…</source>
        <translation>打开文件(&amp;I)…</translation>
    </message>
    <message>
        <source>Open a&amp;ddress…</source>
        <translation>打开地址(&amp;D)…</translation>
    </message>
    <message>
        <source>Add &amp;camera or stream…</source>
        <translation>添加摄像头或视频流(&amp;C)…</translation>
    </message>
    <message>
        <source>Capture no&amp;w</source>
        <translation>立即截取(&amp;W)</translation>
    </message>
    <message>
        <source>Try the &amp;samples</source>
        <translation>试用示例(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;New project…</source>
        <translation>新建项目(&amp;N)…</translation>
    </message>
    <message>
        <source>Open &amp;project…</source>
        <translation>打开项目(&amp;P)…</translation>
    </message>
    <message>
        <source>Recent pro&amp;jects</source>
        <translation>最近的项目(&amp;J)</translation>
    </message>
    <message>
        <source>Find &amp;moved folders…</source>
        <translation>查找已移动的文件夹(&amp;M)…</translation>
    </message>
    <message>
        <source>Import &amp;labels…</source>
        <translation>导入标注(&amp;L)…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>全选(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Accept</source>
        <translation>接受(&amp;A)</translation>
    </message>
    <message>
        <source>Accept c&amp;onfident captures…</source>
        <translation>接受高置信度图像(&amp;O)…</translation>
    </message>
    <message>
        <source>Label with class &amp;{0} of the list</source>
        <translation>用列表中第 &amp;{0} 个类别标注</translation>
    </message>
    <message>
        <source>Label with pinned class {0}</source>
        <translation>标注为固定类别 {0}</translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation>重命名(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Colour…</source>
        <translation>颜色(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Key…</source>
        <translation>快捷键(&amp;K)…</translation>
    </message>
    <message>
        <source>&amp;Pin</source>
        <translation>固定(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Merge into…</source>
        <translation>合并到(&amp;M)…</translation>
    </message>
    <message>
        <source>&amp;Delete…</source>
        <translation>删除(&amp;D)…</translation>
    </message>
    <message>
        <source>&amp;Find captures…</source>
        <translation>查找图像(&amp;F)…</translation>
    </message>
    <message>
        <source>Likely label &amp;errors</source>
        <translation>可能的标注错误(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;None of these?</source>
        <translation>不属于任何类别？(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Random audit</source>
        <translation>随机抽查(&amp;R)</translation>
    </message>
    <message>
        <source>Label with another &amp;class…</source>
        <translation>标注为其他类别(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Unsure</source>
        <translation>存疑(&amp;U)</translation>
    </message>
    <message>
        <source>N&amp;one of these</source>
        <translation>不属于任何类别(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Next capture</source>
        <translation>下一张(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Previous capture</source>
        <translation>上一张(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Choose model…</source>
        <translation>选择模型(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Stop classifying</source>
        <translation>停止分类(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Retrain…</source>
        <translation>重新训练(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Models…</source>
        <translation>模型(&amp;M)…</translation>
    </message>
    <message>
        <source>&amp;Larger thumbnails</source>
        <translation>放大缩略图(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Smaller thumbnails</source>
        <translation>缩小缩略图(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Manual</source>
        <translation>使用手册(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Tour</source>
        <translation>快速导览(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts…</source>
        <translation>键盘快捷键(&amp;K)…</translation>
    </message>
    <message>
        <source>&amp;About ViMD Studio</source>
        <translation>关于 ViMD Studio(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>深色(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;All</source>
        <translation>全部(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Unreviewed</source>
        <translation>未审核(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Corrected</source>
        <translation>已更正(&amp;C)</translation>
    </message>
    <message>
        <source>A&amp;ccepted</source>
        <translation>已接受(&amp;C)</translation>
    </message>
    <message>
        <source>U&amp;nsure</source>
        <translation>存疑(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Restore backup…</source>
        <translation>恢复备份(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Use folder names as labels…</source>
        <translation>将文件夹名用作标注(&amp;U)…</translation>
    </message>
    <message>
        <source>&amp;Add class…</source>
        <translation>添加类别(&amp;A)…</translation>
    </message>
    <message>
        <source>Remove from &amp;project</source>
        <translation>从项目中移除(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Show all captures</source>
        <translation>显示全部图像(&amp;S)</translation>
    </message>
    <message>
        <source>Sa&amp;ve filter…</source>
        <translation>保存筛选条件(&amp;V)…</translation>
    </message>
    <message>
        <source>&amp;Least confident first</source>
        <translation>置信度最低者优先(&amp;L)</translation>
    </message>
    <message>
        <source>Largest &amp;SR disagreement first</source>
        <translation>超分分歧最大者优先(&amp;S)</translation>
    </message>
    <message>
        <source>Most &amp;worth labelling</source>
        <translation>最值得标注(&amp;W)</translation>
    </message>
    <message>
        <source>S&amp;imilar captures</source>
        <translation>相似图像(&amp;I)</translation>
    </message>
    <message>
        <source>S&amp;how where the model looked</source>
        <translation>显示模型的关注区域(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Reset layout</source>
        <translation>恢复默认布局(&amp;R)</translation>
    </message>
    <message>
        <source>Re&amp;ject</source>
        <translation>排除(&amp;J)</translation>
    </message>
    <message>
        <source>Clear label</source>
        <translation>清除标注</translation>
    </message>
    <message>
        <source>&amp;Go to next after labelling</source>
        <translation>标注后自动前进(&amp;G)</translation>
    </message>
    <message>
        <source>Classify remai&amp;ning captures</source>
        <translation>对其余图像进行分类(&amp;N)</translation>
    </message>
    <message>
        <source>Retry &amp;unreadable captures</source>
        <translation>重试无法读取的图像(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Restart classifier</source>
        <translation>重启分类器(&amp;R)</translation>
    </message>
    <message>
        <source>Re&amp;vert to previous model</source>
        <translation>恢复到上一个模型(&amp;V)</translation>
    </message>
    <message>
        <source>Check for &amp;changes</source>
        <translation>检查更改(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Fit to view</source>
        <translation>适合视图(&amp;F)</translation>
    </message>
    <message>
        <source>Settin&amp;gs…</source>
        <translation>设置(&amp;G)…</translation>
    </message>
    <message>
        <source>&amp;Find action…</source>
        <translation>查找命令(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>跟随系统(&amp;S)</translation>
    </message>
    <message>
        <source>R&amp;ejected</source>
        <translation>已排除(&amp;E)</translation>
    </message>
    <message>
        <source>Un&amp;readable</source>
        <translation>无法读取(&amp;R)</translation>
    </message>
    <message>
        <source>Changed on &amp;disk</source>
        <translation>文件已更改(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Label</source>
        <translation>标注(&amp;L)</translation>
    </message>
    <message>
        <source>Pinned classes</source>
        <translation>固定类别</translation>
    </message>
    <message>
        <source>C&amp;lasses</source>
        <translation>类别(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Review</source>
        <translation>审核(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>工具(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation>显示(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>面板(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
</context>
<context>
    <name>AnswerBar</name>
    <message>
        <source>Suggested: {0}, {1}: press {2} to select</source>
        <translation>建议：{0}，{1}：按 {2} 选择</translation>
    </message>
    <message>
        <source>{0}, {1}: press {2} to select</source>
        <translation>{0}，{1}：按 {2} 选择</translation>
    </message>
</context>
<context>
    <name>BulkAccept</name>
    <message numerus="yes">
        <source>Accept the suggestions for %Ln capture(s) with a confidence of {0} or more?</source>
        <translation>
            <numerusform>接受 %Ln 张置信度不低于 {0} 的图像的建议？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Accept the predictions for %Ln capture(s) with a confidence of {0} or more?</source>
        <translation>
            <numerusform>接受 %Ln 张置信度不低于 {0} 的图像的预测？</numerusform>
        </translation>
    </message>
    <message>
        <source>No unreviewed capture in this list has a confidence of {0} or more.</source>
        <translation>此列表中没有置信度不低于 {0} 的未审核图像。</translation>
    </message>
</context>
<context>
    <name>CaptureListModel</name>
    <message>
        <source>Changed on disk</source>
        <translation>文件已更改</translation>
    </message>
</context>
<context>
    <name>CapturePage</name>
    <message>
        <source>Each moving object, once</source>
        <translation>每个移动的物体，各一次</translation>
    </message>
    <message>
        <source>The whole frame, at intervals</source>
        <translation>整帧，按间隔</translation>
    </message>
    <message>
        <source>The whole frame, when it changes</source>
        <translation>整帧，画面有变化时</translation>
    </message>
    <message>
        <source>Manual capture only</source>
        <translation>仅手动截取</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>Ignore new motion after an object leaves for</source>
        <translation>物体离开后忽略新运动的时间</translation>
    </message>
    <message>
        <source>Predictions that must agree</source>
        <translation>须一致的预测数</translation>
    </message>
    <message>
        <source>Predictions per object</source>
        <translation>每个物体的预测数</translation>
    </message>
    <message>
        <source>Keep all</source>
        <translation>全部保留</translation>
    </message>
    <message>
        <source>Captures whose 64-bit fingerprints differ in at most this many bits count as duplicates</source>
        <translation>64 位指纹相差不超过此位数的图像视为重复</translation>
    </message>
    <message>
        <source>Capture</source>
        <translation>截取内容</translation>
    </message>
    <message>
        <source>Change threshold</source>
        <translation>变化阈值</translation>
    </message>
    <message>
        <source>Minimum size</source>
        <translation>最小尺寸</translation>
    </message>
    <message>
        <source>Cool-down</source>
        <translation>冷却时间</translation>
    </message>
    <message>
        <source>Duplicate distance</source>
        <translation>重复判定距离</translation>
    </message>
    <message>
        <source>Split into tiles of</source>
        <translation>切分为图块</translation>
    </message>
    <message>
        <source>Draw regions on the live picture: View &gt; Panels &gt; Live.</source>
        <translation>请在实时画面上绘制区域：视图 &gt; 面板 &gt; 实时。</translation>
    </message>
    <message>
        <source>no tiles</source>
        <translation>不切块</translation>
    </message>
    <message>
        <source>of</source>
        <translation>/</translation>
    </message>
    <message>
        <source>Interval</source>
        <translation>间隔</translation>
    </message>
</context>
<context>
    <name>CaptureText</name>
    <message>
        <source>Model: {0} {1}</source>
        <translation>模型：{0} {1}</translation>
    </message>
    <message>
        <source>Suggested: {0} {1}</source>
        <translation>建议：{0} {1}</translation>
    </message>
</context>
<context>
    <name>ChangedFiles</name>
    <message numerus="yes">
        <source>%Ln capture(s) (has/have) changed on disk since (it was/they were) labelled: (its/their) label(s) (does/do) not count for now.</source>
        <translation>
            <numerusform>%Ln 张图像在标注后，磁盘上的文件已更改：其标注暂不生效。</numerusform>
        </translation>
    </message>
    <message>
        <source>Decide…</source>
        <translation>处理…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s) (has/have) changed on disk: (it is/they are) classified again.</source>
        <translation>
            <numerusform>%Ln 张图像的文件已更改：正在重新分类。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Chart</name>
    <message>
        <source>Show or hide {0}</source>
        <translation>显示或隐藏{0}</translation>
    </message>
</context>
<context>
    <name>ClassBox</name>
    <message>
        <source>any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>several</source>
        <translation>多个</translation>
    </message>
</context>
<context>
    <name>ClassCommands</name>
    <message>
        <source>Add class</source>
        <translation>添加类别</translation>
    </message>
    <message>
        <source>Rename class</source>
        <translation>重命名类别</translation>
    </message>
    <message>
        <source>Un&amp;pin</source>
        <translation>取消固定(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Pin</source>
        <translation>固定(&amp;P)</translation>
    </message>
</context>
<context>
    <name>ClassListModel</name>
    <message>
        <source>{0}: {1} labelled, {2} predicted</source>
        <translation>{0}：已标注 {1}，预测 {2}</translation>
    </message>
    <message>
        <source>For captures of none of the other classes</source>
        <translation>用于不属于其他任何类别的图像</translation>
    </message>
</context>
<context>
    <name>ClassPanel</name>
    <message>
        <source>Find class…</source>
        <translation>查找类别…</translation>
    </message>
    <message>
        <source>Find class</source>
        <translation>查找类别</translation>
    </message>
    <message>
        <source>Add class</source>
        <translation>添加类别</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
</context>
<context>
    <name>ClassPicker</name>
    <message>
        <source>Another class… (press / or L)</source>
        <translation>其他类别…（按 / 或 L）</translation>
    </message>
    <message>
        <source>Class name</source>
        <translation>类别名称</translation>
    </message>
    <message>
        <source>Type part of a class name and press Enter; press Shift+Enter to create a new class.</source>
        <translation>输入类别名称的一部分并按 Enter；Shift+Enter 以该名称新建类别。</translation>
    </message>
</context>
<context>
    <name>ClassQuestions</name>
    <message>
        <source>Class name:</source>
        <translation>类别名称：</translation>
    </message>
    <message>
        <source>Colour for {0}</source>
        <translation>{0} 的颜色</translation>
    </message>
    <message>
        <source>Merge classes</source>
        <translation>合并类别</translation>
    </message>
    <message>
        <source>Merge {0} into:</source>
        <translation>将 {0} 合并到：</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>合并</translation>
    </message>
    <message>
        <source>A class named {0} already exists. Merge {1} into it? Labels and predictions move with it.</source>
        <translation>已有类别 {0}。要将 {1} 合并到其中吗？标注和预测会随之合并。</translation>
    </message>
    <message>
        <source>Delete class {0}</source>
        <translation>删除类别 {0}</translation>
    </message>
    <message>
        <source>Mark them as unreviewed</source>
        <translation>标为未审核</translation>
    </message>
    <message>
        <source>Change their label to:</source>
        <translation>将标注改为：</translation>
    </message>
    <message>
        <source>The model predicts this class; its predictions move to the other class too.</source>
        <translation>模型会预测此类别；其预测也会归入另一个类别。</translation>
    </message>
    <message>
        <source>Press the key for labelling with {0}.</source>
        <translation>请按下用于标注 {0} 的键。</translation>
    </message>
    <message numerus="yes">
        <source>{0} is the label of %Ln capture(s).</source>
        <translation>
            <numerusform>有 %Ln 张图像标注为 {0}。</numerusform>
        </translation>
    </message>
    <message>
        <source>No capture has the label {0}.</source>
        <translation>没有图像标注为 {0}。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Use this key</source>
        <translation>使用此键</translation>
    </message>
    <message>
        <source>Class shortcut</source>
        <translation>类别快捷键</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
</context>
<context>
    <name>ClassRoom</name>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
</context>
<context>
    <name>ClassifierStatus</name>
    <message>
        <source>The classifier stopped and was restarted. Nothing is lost.</source>
        <translation>分类器曾停止，已重新启动，没有数据丢失。</translation>
    </message>
    <message>
        <source>The classifier stopped: {0}. Restarting it; nothing is lost.</source>
        <translation>分类器已停止：{0}。正在重新启动，没有数据丢失。</translation>
    </message>
    <message>
        <source>The classifier keeps stopping: {0}. You can continue labelling without it.</source>
        <translation>分类器反复停止：{0}。标注可以在没有它的情况下继续。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Find action</source>
        <translation>查找命令</translation>
    </message>
    <message>
        <source>Search actions</source>
        <translation>搜索命令</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>No matching action</source>
        <translation>没有匹配的命令</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>Bicubic</source>
        <translation>双三次</translation>
    </message>
    <message>
        <source>Super-resolved</source>
        <translation>超分辨率</translation>
    </message>
    <message>
        <source>Original pixels</source>
        <translation>原始像素</translation>
    </message>
    <message>
        <source>Bicubic interpolation</source>
        <translation>双三次插值放大</translation>
    </message>
    <message>
        <source>Super-resolved view</source>
        <translation>超分辨率放大</translation>
    </message>
    <message>
        <source>Bicubic (below) and super-resolved (above)</source>
        <translation>下层为双三次，上层为超分辨率</translation>
    </message>
    <message>
        <source>Scroll to zoom, drag to pan, double-click to fit</source>
        <translation>滚轮缩放，拖动平移，双击显示全部</translation>
    </message>
    <message>
        <source>Lens: super-resolved</source>
        <translation>镜内：超分辨率</translation>
    </message>
    <message>
        <source>Can&apos;t be read</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>Nearest</source>
        <translation>最近邻</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Slider</source>
        <translation>滑块</translation>
    </message>
    <message>
        <source>Lens</source>
        <translation>放大镜</translation>
    </message>
    <message>
        <source>Where it looked</source>
        <translation>关注区域</translation>
    </message>
    <message>
        <source>Shows which parts of the capture the model relies on, by covering one part at a time (W)</source>
        <translation>依次遮挡图像各处，显示模型依据的区域 (W)</translation>
    </message>
</context>
<context>
    <name>ConfusionModel</name>
    <message numerus="yes">
        <source>%Ln capture(s) labelled {0}, predicted {1}</source>
        <translation>
            <numerusform>%Ln 张标注为 {0} 的图像，预测为 {1}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConfusionPanel</name>
    <message>
        <source>Labels and predictions</source>
        <translation>标注与预测</translation>
    </message>
    <message>
        <source>Include training captures</source>
        <translation>包括训练用图像</translation>
    </message>
    <message>
        <source>Your label</source>
        <translation>您的标注</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>预测为</translation>
    </message>
    <message>
        <source>Most confused classes</source>
        <translation>最易混淆的类别对</translation>
    </message>
    <message>
        <source>None of these captures is misclassified.</source>
        <translation>这些图像没有一张分类错误。</translation>
    </message>
    <message>
        <source>The model was trained on {0} of these captures, so it looks better here than it is.</source>
        <translation>其中 {0} 张图像用于训练过该模型：这里显得比实际更好。</translation>
    </message>
    <message numerus="yes">
        <source>Rows: your labels. Columns: predictions, in the same order. %Ln capture(s) not used for training. Click a cell to list its captures.</source>
        <translation>
            <numerusform>行：您的标注。列：预测，顺序相同。共 %Ln 张未用于训练的图像。点击单元格可列出其中的图像。</numerusform>
        </translation>
    </message>
    <message>
        <source>Rows: your labels. Columns: predictions, in the same order. Click a cell to list its captures.</source>
        <translation>行：您的标注。列：预测，顺序相同。点击单元格可列出其中的图像。</translation>
    </message>
    <message numerus="yes">
        <source>The model was trained on (the/all) %Ln capture(s) that you have labelled. Label others to see its mistakes.</source>
        <translation>
            <numerusform>您标注的 %Ln 张图像模型训练时全部学过。再标注一些其他图像，即可看出它错在哪里。</numerusform>
        </translation>
    </message>
    <message>
        <source>Label some captures to see the model&apos;s mistakes.</source>
        <translation>标注一些图像，即可看出模型错在哪里。</translation>
    </message>
    <message>
        <source>Point at a cell or use the arrow keys.</source>
        <translation>指向一个单元格，或用方向键移动到它。</translation>
    </message>
    <message>
        <source>Captures</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>{0} → {1}: {2}</source>
        <translation>{0} → {1}：{2}</translation>
    </message>
</context>
<context>
    <name>CredentialsDialog</name>
    <message>
        <source>User name and password</source>
        <translation>用户名和密码</translation>
    </message>
    <message>
        <source>Save in the system keychain</source>
        <translation>保存到系统密钥库</translation>
    </message>
    <message>
        <source>User name</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>{0} requires sign-in.</source>
        <translation>{0} 需要登录。</translation>
    </message>
</context>
<context>
    <name>CurvePlot</name>
    <message>
        <source>Training curves</source>
        <translation>训练曲线</translation>
    </message>
    <message>
        <source>Loss {0}</source>
        <translation>损失 {0}</translation>
    </message>
    <message>
        <source>accuracy {0}</source>
        <translation>准确率 {0}</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Loss and its terms</source>
        <translation>损失及其组成</translation>
    </message>
    <message>
        <source>Validation accuracy</source>
        <translation>验证准确率</translation>
    </message>
    <message>
        <source>Cross-entropy with the suggestions</source>
        <translation>与建议的交叉熵</translation>
    </message>
    <message>
        <source>Divergence between similar captures</source>
        <translation>与相似图像的散度</translation>
    </message>
    <message>
        <source>Divergence from previous model</source>
        <translation>与先前模型的散度</translation>
    </message>
    <message>
        <source>Divergence from teacher</source>
        <translation>与教师模型的散度</translation>
    </message>
    <message>
        <source>Distance to teacher&apos;s hidden states</source>
        <translation>与教师模型隐藏状态的距离</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Cross-entropy with the labels</source>
        <translation>与标签的交叉熵</translation>
    </message>
    <message>
        <source>Step {0}</source>
        <translation>第 {0} 步</translation>
    </message>
    <message>
        <source>Step {0}, epoch {1}</source>
        <translation>第 {0} 步，第 {1} 轮</translation>
    </message>
</context>
<context>
    <name>Docks</name>
    <message>
        <source>Panels</source>
        <translation>面板</translation>
    </message>
</context>
<context>
    <name>DropOverlay</name>
    <message>
        <source>Drop to add to this project</source>
        <translation>松开即可添加到此项目</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Drop captures here</source>
        <translation>将图像拖放到这里</translation>
    </message>
    <message>
        <source>Folders or single images: {0}.
Each capture is enlarged by super-resolution, classified, and shown here with its confidence. Correct mistakes with one key. Your files are never modified.</source>
        <translation>文件夹或单张图像：{0}。
每张图像都会经超分辨率放大、分类并连同置信度显示在这里。有错时按一个键即可更正。您的文件绝不会被修改。</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Try the samples</source>
        <translation>试用示例</translation>
    </message>
    <message>
        <source>48 small photographs of traffic signs, included with the program</source>
        <translation>随程序附带的 48 张交通标志小图</translation>
    </message>
</context>
<context>
    <name>ExchangeQuestions</name>
    <message>
        <source>Open address</source>
        <translation>打开地址</translation>
    </message>
    <message>
        <source>Address of an image or stream (http, https or rtsp):</source>
        <translation>图片或视频流的地址（http、https 或 rtsp）：</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Open files</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Images and ZIP files ({0});;All files (*)</source>
        <translation>图像和 ZIP 文件 ({0});;所有文件 (*)</translation>
    </message>
    <message>
        <source>Import labels</source>
        <translation>导入标注</translation>
    </message>
    <message>
        <source>Label files (*.csv *.tsv *.txt *.json *.jsonl *.ndjson);;All files (*)</source>
        <translation>标注文件 (*.csv *.tsv *.txt *.json *.jsonl *.ndjson);;所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>ExportCommands</name>
    <message numerus="yes">
        <source>%Ln capture(s) exported to {0}.</source>
        <translation>
            <numerusform>已将 %Ln 张图像导出到 {0}。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln labelled capture(s) skipped: (its/their) file(s) (is/are) missing or can&apos;t be read.</source>
        <translation>
            <numerusform>有 %Ln 张已标注的图像未导出：其文件不存在或无法读取。</numerusform>
        </translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示这些图像</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>COCO classification (JSON)</source>
        <translation>COCO 分类 (JSON)</translation>
    </message>
    <message>
        <source>All captures</source>
        <translation>全部图像</translation>
    </message>
    <message>
        <source>Table (CSV) with labels and predictions, for spreadsheets</source>
        <translation>含标注和预测的表格 (CSV)，可用电子表格打开</translation>
    </message>
    <message>
        <source>Class folders with copies of labelled captures, for training</source>
        <translation>按类别分文件夹的已标注图像副本，用于训练</translation>
    </message>
    <message>
        <source>Reviewed captures</source>
        <translation>已审核的</translation>
    </message>
    <message>
        <source>Corrected captures</source>
        <translation>已更正的</translation>
    </message>
    <message>
        <source>Captures shown in the gallery</source>
        <translation>当前图库中列出的</translation>
    </message>
    <message>
        <source>FORMAT</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>CAPTURES</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>New folder name</source>
        <translation>新文件夹的名称</translation>
    </message>
    <message>
        <source>CSV table (*.csv)</source>
        <translation>CSV 表格 (*.csv)</translation>
    </message>
    <message>
        <source>COCO labels (*.json)</source>
        <translation>COCO 标注 (*.json)</translation>
    </message>
</context>
<context>
    <name>FeatureService</name>
    <message>
        <source>The model is still loading: try again in a moment.</source>
        <translation>模型仍在加载：请稍后再试。</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>The classifier stopped: try again.</source>
        <translation>分类器已停止：请重试。</translation>
    </message>
</context>
<context>
    <name>FilterChips</name>
    <message>
        <source>{0}: click to remove this filter</source>
        <translation>{0}：点击可移除此筛选条件</translation>
    </message>
    <message>
        <source>Remove filter: {0}</source>
        <translation>移除筛选条件：{0}</translation>
    </message>
</context>
<context>
    <name>FilterPanel</name>
    <message>
        <source>Filters</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>SR changed prediction</source>
        <translation>超分改变了预测</translation>
    </message>
    <message>
        <source>any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Name or folder contains…</source>
        <translation>名称或文件夹包含…</translation>
    </message>
    <message>
        <source>Name or folder contains</source>
        <translation>名称或文件夹包含</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Suggestion</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>Suggestions are learned from your labels and updated after each label.</source>
        <translation>建议根据您的标注得出，每次标注后更新。</translation>
    </message>
    <message>
        <source>Minimum confidence</source>
        <translation>最低置信度</translation>
    </message>
    <message>
        <source>Maximum confidence</source>
        <translation>最高置信度</translation>
    </message>
    <message>
        <source>Minimum size</source>
        <translation>最小尺寸</translation>
    </message>
    <message>
        <source>Maximum size</source>
        <translation>最大尺寸</translation>
    </message>
    <message>
        <source>Minimum SR disagreement</source>
        <translation>最小超分分歧</translation>
    </message>
    <message>
        <source>Min. SR gap</source>
        <translation>超分分歧下限</translation>
    </message>
    <message>
        <source>Super-resolution and bicubic enlargement lead to different predictions.</source>
        <translation>超分辨率与双三次放大得到的预测不同。</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
</context>
<context>
    <name>FilterQuestions</name>
    <message>
        <source>Save filter</source>
        <translation>保存筛选条件</translation>
    </message>
    <message>
        <source>Filter name (replaces a filter of the same name):</source>
        <translation>筛选名称；同名者将被替换：</translation>
    </message>
</context>
<context>
    <name>FilterRoom</name>
    <message>
        <source>Filters</source>
        <translation>筛选</translation>
    </message>
</context>
<context>
    <name>Footer</name>
    <message>
        <source>Adding</source>
        <translation>正在添加</translation>
    </message>
    <message>
        <source>Classifying</source>
        <translation>正在分类</translation>
    </message>
    <message>
        <source>Analyzing captures</source>
        <translation>正在分析图像</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
    <message>
        <source>Finding files</source>
        <translation>正在查找文件</translation>
    </message>
    <message>
        <source>Comparing captures</source>
        <translation>正在比较图像</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Loading model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>Classifier off</source>
        <translation>分类器已关闭</translation>
    </message>
    <message>
        <source>Classifier is starting…</source>
        <translation>分类器正在启动…</translation>
    </message>
    <message>
        <source>Classifier ready</source>
        <translation>分类器就绪</translation>
    </message>
    <message>
        <source>Classifier busy</source>
        <translation>分类器忙碌</translation>
    </message>
    <message>
        <source>Classifier is restarting…</source>
        <translation>分类器正在重启…</translation>
    </message>
    <message>
        <source>Classifier failed</source>
        <translation>分类器出错</translation>
    </message>
</context>
<context>
    <name>GalleryBar</name>
    <message>
        <source>Sort captures</source>
        <translation>图像排序</translation>
    </message>
    <message>
        <source>Reverse order</source>
        <translation>反向排列</translation>
    </message>
    <message>
        <source>Group captures</source>
        <translation>图像分组</translation>
    </message>
    <message>
        <source>Smooth enlarged captures</source>
        <translation>平滑放大的图像</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>添加顺序</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>SR disagreement</source>
        <translation>超分分歧</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>None of these</source>
        <translation>不属于任何类别</translation>
    </message>
    <message>
        <source>No groups</source>
        <translation>不分组</translation>
    </message>
    <message>
        <source>By class</source>
        <translation>按类别</translation>
    </message>
    <message>
        <source>By source</source>
        <translation>按来源</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>As found</source>
        <translation>按找到的顺序</translation>
    </message>
    <message>
        <source>Sort: {0}</source>
        <translation>排序：{0}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s)</source>
        <translation>
            <numerusform>%Ln 张图像</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} of {1} selected</source>
        <translation>已选 {0}，共 {1}</translation>
    </message>
    <message>
        <source>{0} of about {1} things</source>
        <translation>{0}，约 {1} 个物体</translation>
    </message>
</context>
<context>
    <name>GalleryView</name>
    <message>
        <source>Gallery</source>
        <translation>图库</translation>
    </message>
</context>
<context>
    <name>GateDialog</name>
    <message>
        <source>New model: {0}</source>
        <translation>新模型：{0}</translation>
    </message>
    <message>
        <source>{0} times</source>
        <translation>{0} 倍</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>在用</translation>
    </message>
    <message>
        <source>{0} and {1}</source>
        <translation>{0} 与 {1}</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Captures</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Use {0}</source>
        <translation>使用 {0}</translation>
    </message>
    <message>
        <source>Use {0} anyway</source>
        <translation>仍然使用 {0}</translation>
    </message>
    <message>
        <source>Show {0} fixed</source>
        <translation>显示改正的 {0} 个</translation>
    </message>
    <message>
        <source>Show {0} newly wrong</source>
        <translation>显示新出错的 {0} 个</translation>
    </message>
    <message>
        <source>Show {0} wrong in both</source>
        <translation>显示两者都错的 {0} 张</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>No captures were held out for comparison. Label more captures to find out whether the new model is better.</source>
        <translation>没有保留用于比较的图像：请多标注一些，才能知道它是否更好。</translation>
    </message>
    <message>
        <source>In use. No significant difference from the previous model.</source>
        <translation>正在使用。与上一个模型没有显著差异。</translation>
    </message>
    <message>
        <source>In use. Significantly better than the previous model.</source>
        <translation>正在使用。显著优于上一个模型。</translation>
    </message>
    <message>
        <source>In use. Significantly worse than the previous model.</source>
        <translation>正在使用。显著差于上一个模型。</translation>
    </message>
    <message>
        <source>Significantly better than the model in use.</source>
        <translation>明显优于正在使用的模型（差异显著）。</translation>
    </message>
    <message>
        <source>Significantly worse than the model in use. Keep the current model.</source>
        <translation>显著差于正在使用的模型。建议保留当前模型。</translation>
    </message>
    <message>
        <source>No significant difference from the model in use. More labels would help to decide.</source>
        <translation>与正在使用的模型没有显著差异。更多标注有助于判断。</translation>
    </message>
    <message>
        <source>{0} is significantly better than {1}.</source>
        <translation>{0} 显著优于 {1}。</translation>
    </message>
    <message>
        <source>No significant difference between {0} and {1}. More labels would help to decide.</source>
        <translation>{0} 与 {1} 没有显著差异。更多标注有助于判断。</translation>
    </message>
    <message numerus="yes">
        <source>On %Ln labelled capture(s) that neither model was trained on, {0} (is/are) right only with {1} and {2} only with {3}. If both models were equally good, such a difference would occur by chance with probability {4} (exact McNemar test).</source>
        <translation>
            <numerusform>在两个模型都未用于训练的 %Ln 张已标注图像中：仅 {1} 正确的有 {0} 张，仅 {3} 正确的有 {2} 张。如果两者同样好，出现这样差异的概率为 {4}（McNemar 精确检验）。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On %Ln labelled capture(s) that neither model was trained on, {0} (is/are) right only with the new model and {1} only with the old one. If both models were equally good, such a difference would occur by chance with probability {2} (exact McNemar test).</source>
        <translation>
            <numerusform>在两个模型都未用于训练的 %Ln 张已标注图像中：仅新模型正确的有 {0} 张，仅旧模型正确的有 {1} 张。如果两者同样好，出现这样差异的概率为 {2}（McNemar 精确检验）。</numerusform>
        </translation>
    </message>
    <message>
        <source>Accuracy (captures)</source>
        <translation>准确率（图像数）</translation>
    </message>
    <message>
        <source>95 % confidence</source>
        <translation>95 % 置信区间</translation>
    </message>
    <message>
        <source>Calibration error</source>
        <translation>校准误差</translation>
    </message>
    <message>
        <source>Things shown</source>
        <translation>物体数</translation>
    </message>
    <message>
        <source>Time per capture</source>
        <translation>每个图像用时</translation>
    </message>
    <message>
        <source>Results by class</source>
        <translation>各类别结果</translation>
    </message>
    <message>
        <source>Keep for later</source>
        <translation>留待以后</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>&amp;Use new model anyway</source>
        <translation>仍然使用新模型(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Use new model</source>
        <translation>使用新模型(&amp;U)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>HeadingPainter</name>
    <message>
        <source>No class yet</source>
        <translation>尚无类别</translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Search the manual</source>
        <translation>在手册中查找</translation>
    </message>
    <message>
        <source>Manual</source>
        <translation>使用手册</translation>
    </message>
    <message>
        <source>en</source>
        <comment>language of the manual, as in the name of its file</comment>
        <translation>zh_CN</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ImportCommands</name>
    <message numerus="yes">
        <source>%Ln file(s) or folder(s) skipped. First reason: {0}</source>
        <translation>
            <numerusform>已跳过 %Ln 个文件或文件夹。第一个的原因：{0}</numerusform>
        </translation>
    </message>
    <message>
        <source>Show all…</source>
        <translation>显示全部…</translation>
    </message>
</context>
<context>
    <name>ImportService</name>
    <message>
        <source>No project is open: use File &gt; Open project or File &gt; New project.</source>
        <translation>没有打开的项目：请通过“文件 &gt; 打开项目”打开或新建一个。</translation>
    </message>
</context>
<context>
    <name>ImportSummary</name>
    <message numerus="yes">
        <source>%Ln capture(s) added.</source>
        <translation>
            <numerusform>已添加 %Ln 张图像。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln duplicate(s) skipped: {0} is identical to {1}(./, for example.)</source>
        <translation>
            <numerusform>已跳过 %Ln 个重复文件：例如 {0} 与 {1} 内容相同。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Already in the project: %Ln.</source>
        <translation>
            <numerusform>项目中已有：%Ln。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln renamed or moved; (its label is/their labels are) kept.</source>
        <translation>
            <numerusform>%Ln 张已重命名或移动，标注保留。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln changed on disk since (it was/they were) added.</source>
        <translation>
            <numerusform>%Ln 张自添加后文件已更改。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln previously removed, now restored with (its label/their labels).</source>
        <translation>
            <numerusform>之前移除的 %Ln 张已恢复，标注仍在。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln skipped because you removed (it/them): add the file(s) again to restore (it/them).</source>
        <translation>
            <numerusform>您移除过的 %Ln 张未加入：要恢复请再次直接添加这些文件。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln can&apos;t be read; see (its tile for the reason/their tiles for the reasons).</source>
        <translation>
            <numerusform>%Ln 张无法读取，原因见其图块。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln (is/are) incomplete, but shown.</source>
        <translation>
            <numerusform>%Ln 个文件不完整，仍会显示。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) skipped: {0}.</source>
        <translation>
            <numerusform>略过 %Ln 个文件：{0}。</numerusform>
        </translation>
    </message>
    <message>
        <source>No images found. Supported formats: {0}.</source>
        <translation>那里没有找到图像。支持以下格式：{0}。</translation>
    </message>
    <message>
        <source>Import cancelled.</source>
        <translation>已取消添加。</translation>
    </message>
    <message>
        <source>no extension</source>
        <translation>无扩展名</translation>
    </message>
</context>
<context>
    <name>Incoming</name>
    <message>
        <source>The clipboard holds nothing to add: copy an image, files or an address.</source>
        <translation>剪贴板上没有可添加的内容：请复制图片、文件或地址。</translation>
    </message>
    <message>
        <source>label files: {0}</source>
        <translation>标注文件：{0}</translation>
    </message>
    <message>
        <source>videos: {0}</source>
        <translation>视频：{0}</translation>
    </message>
    <message>
        <source>Other items found, which you are asked about one at a time: {0}.</source>
        <translation>还有其他内容，将逐一询问：{0}。</translation>
    </message>
    <message>
        <source>Only {1} was read: add the other label files one at a time ({0} in all).</source>
        <translation>{0} 个标注文件中只读取了 {1}：请逐个添加其余文件。</translation>
    </message>
    <message>
        <source>No project is open: use File &gt; Open project or File &gt; New project.</source>
        <translation>没有打开的项目：请通过“文件 &gt; 打开项目”打开或新建一个。</translation>
    </message>
    <message>
        <source>Downloading {0}…</source>
        <translation>正在下载 {0}…</translation>
    </message>
    <message>
        <source>Capture added: {0}.</source>
        <translation>已添加为图像：{0}。</translation>
    </message>
</context>
<context>
    <name>InsightRoom</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>分布图</translation>
    </message>
</context>
<context>
    <name>InsightService</name>
    <message>
        <source>The model is still loading: try again in a moment.</source>
        <translation>模型仍在加载：请稍后再试。</translation>
    </message>
    <message>
        <source>The classifier stopped: try again.</source>
        <translation>分类器已停止：请重试。</translation>
    </message>
</context>
<context>
    <name>InspectService</name>
    <message>
        <source>Waiting for the model</source>
        <translation>等待模型</translation>
    </message>
    <message>
        <source>Not available</source>
        <translation>不可用</translation>
    </message>
    <message>
        <source>The classifier stopped while enlarging this capture</source>
        <translation>放大此图像时分类器停止了</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Select a capture to inspect it.</source>
        <translation>选择一张图像以查看。</translation>
    </message>
    <message>
        <source>PREDICTION</source>
        <translation>预测</translation>
    </message>
    <message numerus="yes">
        <source>Labels apply to all %Ln selected capture(s).</source>
        <translation>
            <numerusform>标注将应用于全部 %Ln 张选中的图像。</numerusform>
        </translation>
    </message>
    <message>
        <source>LABEL</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>HISTORY</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Covering one part after another…</source>
        <translation>正在依次遮挡各处…</translation>
    </message>
    <message>
        <source>{0}: {1}, falling to {2} when the brightest part is covered.</source>
        <translation>{0}：{1}；遮住最亮的部分后降至 {2}。</translation>
    </message>
    <message numerus="yes">
        <source>Show %Ln look-alike(s)</source>
        <translation>
            <numerusform>显示 %Ln 张相似图像</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Show %Ln other capture(s) of this thing</source>
        <translation>
            <numerusform>显示该物体的另外 %Ln 张图像</numerusform>
        </translation>
    </message>
    <message>
        <source>SUGGESTION</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>Learned from your labels, updated after each label.</source>
        <translation>根据您的标注得出，每次标注后更新。</translation>
    </message>
    <message>
        <source>From the model {0}.</source>
        <translation>来自模型 {0}。</translation>
    </message>
    <message>
        <source>Unlike everything labelled so far: probably none of your classes ({0}).</source>
        <translation>与目前已标注的图像都不相似：可能不属于任何现有类别（{0}）。</translation>
    </message>
    <message>
        <source>SR changed the prediction: {0} ({1}) instead of {2} ({3}) from the bicubic view. Disagreement: {4}.</source>
        <translation>超分改变了预测：{0}（{1}），而双三次视图为 {2}（{3}）。分歧：{4}。</translation>
    </message>
    <message>
        <source>SR kept the prediction: {0} ({1}; bicubic view: {2}). Disagreement: {3}.</source>
        <translation>超分未改变预测：{0}（{1}；双三次视图：{2}）。分歧：{3}。</translation>
    </message>
    <message>
        <source>Not classified yet.</source>
        <translation>尚未分类。</translation>
    </message>
    <message>
        <source>Not reviewed</source>
        <translation>未审核</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>存疑</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>Changed on disk</source>
        <translation>文件已更改</translation>
    </message>
</context>
<context>
    <name>InspectorRoom</name>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
</context>
<context>
    <name>JobStrip</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel: {0}</source>
        <translation>取消：{0}</translation>
    </message>
    <message>
        <source>{0} {1} of {2}</source>
        <translation>{0} {1}/{2}</translation>
    </message>
    <message>
        <source> · {0}/s · {1} left</source>
        <translation> · {0}/秒 · 剩余 {1}</translation>
    </message>
</context>
<context>
    <name>KeepPage</name>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>Keep only captures with confidence below</source>
        <translation>只保留模型把握低于此值的</translation>
    </message>
    <message>
        <source>Maximum confidence of kept captures</source>
        <translation>低于此置信度的图像予以保留</translation>
    </message>
    <message>
        <source> days</source>
        <translation> 天</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Maximum unlabelled captures</source>
        <translation>未标注截图最多</translation>
    </message>
    <message>
        <source>Maximum age</source>
        <translation>最长保留天数</translation>
    </message>
    <message>
        <source>Maximum disk space</source>
        <translation>最大磁盘空间</translation>
    </message>
    <message>
        <source>Above a limit, the oldest captures are permanently deleted. Labelled and marked captures do not count and are never deleted, and neither are files in a watched folder.</source>
        <translation>超出限制时，最旧的截图会被永久删除。已标注或标记的截图不计入限制，也绝不会被删除；被监看文件夹中的文件同样不会被删除。</translation>
    </message>
</context>
<context>
    <name>LabelFeedback</name>
    <message>
        <source>label</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>存疑</translation>
    </message>
    <message>
        <source>clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>add class</source>
        <translation>添加类别</translation>
    </message>
    <message>
        <source>rename class</source>
        <translation>重命名类别</translation>
    </message>
    <message>
        <source>reject</source>
        <translation>排除</translation>
    </message>
    <message>
        <source>import labels</source>
        <translation>导入标注</translation>
    </message>
    <message>
        <source>change class colour</source>
        <translation>更改类别颜色</translation>
    </message>
    <message>
        <source>merge or delete class</source>
        <translation>合并或删除类别</translation>
    </message>
    <message>
        <source>remove from project</source>
        <translation>从项目中移除</translation>
    </message>
    <message>
        <source>keep labels of changed files</source>
        <translation>保留已更改文件的标注</translation>
    </message>
    <message>
        <source>clear labels of changed files</source>
        <translation>清除已更改文件的标注</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>The capture was not changed: it has no prediction.</source>
        <translation>该图像未更改：没有预测。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s) not changed: no prediction.</source>
        <translation>
            <numerusform>%Ln 张图像未更改：没有预测。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Nothing changed: (the/all) %Ln capture(s) already (has/have) this label.</source>
        <translation>
            <numerusform>没有变化：这 %Ln 个图像原本就是这样标注的。</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing changed: the capture already has this label.</source>
        <translation>没有变化：该图像原本就是这样标注的。</translation>
    </message>
</context>
<context>
    <name>LabelImport</name>
    <message>
        <source>Several labels: {0}</source>
        <translation>有多个标注：{0}</translation>
    </message>
    <message>
        <source>The file can&apos;t be read as an image</source>
        <translation>该文件无法作为图像读取</translation>
    </message>
    <message>
        <source>No capture with this name in the project</source>
        <translation>项目中没有这个名称的图像</translation>
    </message>
    <message>
        <source>Not in the project: add the file first</source>
        <translation>该文件不在项目中：请先添加</translation>
    </message>
    <message>
        <source>Several captures match: {0}</source>
        <translation>有多个图像符合：{0}</translation>
    </message>
    <message>
        <source>No file name in this row</source>
        <translation>该行没有文件名</translation>
    </message>
    <message>
        <source>No label in this row</source>
        <translation>该行没有标注</translation>
    </message>
    <message>
        <source>More values than columns: quote values that contain the separator</source>
        <translation>值的数量多于列数：请给含有分隔符的值加上引号</translation>
    </message>
    <message>
        <source>Not in a class folder</source>
        <translation>不在类别文件夹中</translation>
    </message>
    <message>
        <source>CSV, comma</source>
        <translation>CSV，逗号</translation>
    </message>
    <message>
        <source>CSV, semicolon</source>
        <translation>CSV，分号</translation>
    </message>
    <message>
        <source>CSV, tab</source>
        <translation>CSV，制表符</translation>
    </message>
    <message>
        <source>CSV, vertical bar</source>
        <translation>CSV，竖线</translation>
    </message>
    <message numerus="yes">
        <source>%Ln class(es)</source>
        <translation>
            <numerusform>%Ln 个类别</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s)</source>
        <translation>
            <numerusform>%Ln 张图像</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0}: {1}, {2}, %Ln row(s)</source>
        <translation>
            <numerusform>{0}：{1}，{2}，%Ln 行</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LabelImportCommands</name>
    <message>
        <source>Reading {0}…</source>
        <translation>正在读取 {0}…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln label(s) imported. Press Ctrl+Z to undo.</source>
        <translation>
            <numerusform>已导入 %Ln 个标注。按 Ctrl+Z 可撤销。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LabelImportDialog</name>
    <message>
        <source>Labels from folder names</source>
        <translation>来自文件夹名的标注</translation>
    </message>
    <message>
        <source>C&amp;lass folder:</source>
        <translation>类别文件夹(&amp;L)：</translation>
    </message>
    <message>
        <source>Capture</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>New label</source>
        <translation>新标注</translation>
    </message>
    <message>
        <source>New class</source>
        <translation>新类别</translation>
    </message>
    <message>
        <source>Captures</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Use “{0}” instead</source>
        <translation>改用“{0}”</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Labels from a file</source>
        <translation>来自文件的标注</translation>
    </message>
    <message>
        <source>Current label</source>
        <translation>当前标注</translation>
    </message>
    <message>
        <source>Imported label</source>
        <translation>导入的标注</translation>
    </message>
    <message>
        <source>Possible typo</source>
        <translation>拼写有误？</translation>
    </message>
    <message>
        <source>Skipped rows</source>
        <translation>跳过的行</translation>
    </message>
    <message>
        <source>New classes</source>
        <translation>新类别</translation>
    </message>
    <message>
        <source>&amp;Copy list</source>
        <translation>复制列表(&amp;C)</translation>
    </message>
    <message>
        <source>Different</source>
        <translation>不同</translation>
    </message>
    <message>
        <source>New labels</source>
        <translation>新标注</translation>
    </message>
    <message>
        <source>{0} new, {1} unchanged, {2} different, {3} skipped</source>
        <translation>{0} 个新增，{1} 个相同，{2} 个不同，{3} 个跳过</translation>
    </message>
    <message>
        <source>&amp;Only new: captures without a label or mark ({0})</source>
        <translation>仅新增(&amp;O)：还没有标注或标记的图像（{0}）</translation>
    </message>
    <message>
        <source>&amp;Keep mine: new labels, and captures marked as unsure ({0})</source>
        <translation>保留我的(&amp;K)：新增的，以及我标为存疑的（{0}）</translation>
    </message>
    <message>
        <source>&amp;Replace mine: also replace labels and marks that differ ({0})</source>
        <translation>替换我的(&amp;R)：同时替换不同的标注和标记（{0}）</translation>
    </message>
    <message>
        <source>Skipped ({0})</source>
        <translation>已跳过（{0}）</translation>
    </message>
    <message numerus="yes">
        <source>Import %Ln label(s)</source>
        <translation>
            <numerusform>导入 %Ln 个标注</numerusform>
        </translation>
    </message>
    <message>
        <source>Different ({0})</source>
        <translation>不同（{0}）</translation>
    </message>
    <message>
        <source>New classes ({0})</source>
        <translation>新类别（{0}）</translation>
    </message>
    <message>
        <source>New ({0})</source>
        <translation>新增（{0}）</translation>
    </message>
</context>
<context>
    <name>LedgerView</name>
    <message>
        <source>No labels yet.</source>
        <translation>尚无标注。</translation>
    </message>
    <message>
        <source>Changed on disk</source>
        <translation>文件已更改</translation>
    </message>
    <message>
        <source>Undone: {0}</source>
        <translation>已撤销：{0}</translation>
    </message>
    <message>
        <source>Redone: {0}</source>
        <translation>已重做：{0}</translation>
    </message>
    <message>
        <source>{0} (previously {1})</source>
        <translation>{0}（之前：{1}）</translation>
    </message>
    <message>
        <source> · suggested: {0}, {1}</source>
        <translation> · 建议:{0},{1}</translation>
    </message>
    <message>
        <source> · {0} predicted {1}, {2}</source>
        <translation> · {0} 预测为 {1}，{2}</translation>
    </message>
    <message>
        <source>{0}, as predicted</source>
        <translation>{0}，与预测一致</translation>
    </message>
    <message>
        <source>{0}, as suggested</source>
        <translation>{0}(按建议)</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>{0} · {1}</source>
        <translation>{0} · {1}</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>存疑</translation>
    </message>
    <message>
        <source>No label</source>
        <translation>无标注</translation>
    </message>
</context>
<context>
    <name>LeftOutDialog</name>
    <message numerus="yes">
        <source>%Ln file(s) or folder(s) could not be added:</source>
        <translation>
            <numerusform>有 %Ln 个文件或文件夹无法添加：</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) or folder(s) could not be added. The first {0}:</source>
        <translation>
            <numerusform>有 %Ln 个文件或文件夹无法添加。以下是前 {0} 个：</numerusform>
        </translation>
    </message>
    <message>
        <source>Skipped files</source>
        <translation>跳过的文件</translation>
    </message>
</context>
<context>
    <name>LiveCard</name>
    <message>
        <source>Super-resolved</source>
        <translation>超分辨率</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>No image</source>
        <translation>无图像</translation>
    </message>
    <message>
        <source>{0}, no motion</source>
        <translation>{0}，画面静止</translation>
    </message>
    <message>
        <source>{0}, unsure</source>
        <translation>{0}，存疑</translation>
    </message>
</context>
<context>
    <name>LiveCards</name>
    <message>
        <source>no image</source>
        <translation>无图像</translation>
    </message>
    <message>
        <source>{0}, no motion</source>
        <translation>{0}，画面静止</translation>
    </message>
    <message>
        <source>Whole frame</source>
        <translation>整帧</translation>
    </message>
</context>
<context>
    <name>LivePicture</name>
    <message>
        <source>Live picture</source>
        <translation>实时画面</translation>
    </message>
    <message>
        <source>Drag to draw a region. Drag the region to move it, its corners to resize it, and its handle to rotate it. You can also move it with the arrow keys and remove it with Delete.</source>
        <translation>拖动以绘制区域。拖动区域可移动，拖动角可调整大小，拖动手柄可旋转。也可用方向键移动、用 Delete 键删除。</translation>
    </message>
    <message>
        <source>Region {0}</source>
        <translation>区域 {0}</translation>
    </message>
</context>
<context>
    <name>LiveQuestions</name>
    <message>
        <source>Remove source</source>
        <translation>移除来源</translation>
    </message>
    <message>
        <source>Stop watching {0} and remove it?</source>
        <translation>停止监看 {0} 并将其移除？</translation>
    </message>
    <message>
        <source>Its captures and labels stay in the project. Its password is deleted. Add the same address again to restore its regions and settings.</source>
        <translation>其截图和标签会保留在项目中，密码会被删除。再次添加同一地址即可恢复其区域和设置。</translation>
    </message>
</context>
<context>
    <name>LiveRoom</name>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
</context>
<context>
    <name>LiveView</name>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Time from the arrival of a frame to its prediction on the screen</source>
        <translation>从一帧到达至屏幕上显示预测的时间</translation>
    </message>
    <message>
        <source>Freeze the picture and stop capturing until you resume</source>
        <translation>停在此画面，继续之前不截取图像</translation>
    </message>
    <message>
        <source>Capture each region now (F9)</source>
        <translation>立即截取每个区域 (F9)</translation>
    </message>
    <message>
        <source>Region name</source>
        <translation>区域名称</translation>
    </message>
    <message>
        <source>Keep only below</source>
        <translation>只保留把握低于</translation>
    </message>
    <message>
        <source>Captures with higher confidence are not saved; the others are added to the review queue</source>
        <translation>置信度更高的图像不保存；其余加入待审队列</translation>
    </message>
    <message>
        <source>Maximum confidence of kept captures</source>
        <translation>低于此置信度的图像予以保留</translation>
    </message>
    <message>
        <source>Show captures from this source, least confident first</source>
        <translation>列出来自此来源的图像，把握最低的在前</translation>
    </message>
    <message>
        <source>Add a camera, stream, video or folder with File &gt; Add camera or stream.</source>
        <translation>用“文件 &gt; 添加摄像头或视频流”添加摄像头、视频流、视频或文件夹。</translation>
    </message>
    <message>
        <source>This video has ended. To play it again, use its menu in Sources.</source>
        <translation>此视频已结束：可在“来源”中通过其菜单重新播放。</translation>
    </message>
    <message>
        <source>Prediction after {0} ms</source>
        <translation>{0} 毫秒后得到预测</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Capture now</source>
        <translation>立即截取</translation>
    </message>
    <message>
        <source>Delete region</source>
        <translation>删除区域</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>Review captures</source>
        <translation>审查图像</translation>
    </message>
    <message>
        <source>This source is stopped.</source>
        <translation>此来源已停止。</translation>
    </message>
    <message>
        <source>{0} · frame {1}, {2} ms old</source>
        <translation>{0} · 第 {1} 帧，{2} 毫秒前</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>{0} – ViMD Studio</source>
        <translation>{0} – ViMD Studio</translation>
    </message>
    <message>
        <source>{0} (read only) – ViMD Studio</source>
        <translation>{0}（只读）– ViMD Studio</translation>
    </message>
</context>
<context>
    <name>MapLegend</name>
    <message>
        <source>Classes on the map</source>
        <translation>地图上的类别</translation>
    </message>
    <message>
        <source>Check all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Check none</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>No class</source>
        <translation>无类别</translation>
    </message>
</context>
<context>
    <name>MapPanel</name>
    <message>
        <source>Create map</source>
        <translation>生成分布图</translation>
    </message>
    <message>
        <source>Update map</source>
        <translation>更新分布图</translation>
    </message>
    <message>
        <source>Drag to pan (or hold Shift)</source>
        <translation>拖动以移动地图（或按住 Shift）</translation>
    </message>
    <message>
        <source>Zoom in (wheel)</source>
        <translation>放大（滚轮）</translation>
    </message>
    <message>
        <source>Zoom out (wheel)</source>
        <translation>缩小（滚轮）</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Show the whole map (Home or double-click)</source>
        <translation>显示整张地图（Home 键或双击）</translation>
    </message>
    <message>
        <source>The map places captures that the model finds similar close together, so mistakes stand out.</source>
        <translation>分布图把模型认为相似的图像放在一起，错误一目了然。</translation>
    </message>
    <message>
        <source>Draw around captures to select them.</source>
        <translation>圈出图像即可列出。</translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message>
        <source>Map of the captures</source>
        <translation>图像地图</translation>
    </message>
    <message>
        <source>Press plus or minus to zoom, the arrow keys to pan, Home to show all, and Enter to list the visible captures.</source>
        <translation>加号和减号缩放，方向键移动地图，Home 键显示全部，Enter 键列出可见的图像。</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Suggested action</source>
        <translation>建议操作</translation>
    </message>
    <message>
        <source>Close the message</source>
        <translation>关闭消息</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>{0} more</source>
        <translation>另有 {0} 条</translation>
    </message>
</context>
<context>
    <name>ModelCommands</name>
    <message>
        <source>The model was exported to {0}.</source>
        <translation>模型已导出到 {0}。</translation>
    </message>
    <message>
        <source>Choose model…</source>
        <translation>选择模型…</translation>
    </message>
    <message>
        <source>{0} is now in use. Accuracy on held-out captures: {1} (previously {2}).</source>
        <translation>{0} 已启用。保留图像上的准确率：{1}（之前为 {2}）。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>ModelInUse</name>
    <message>
        <source>The model {0} is missing: you can label captures, but not classify them. Choose another with Model &gt; Choose model.</source>
        <translation>找不到模型 {0}：可以标注图像，但无法分类。请用“模型 &gt; 选择模型”另选一个。</translation>
    </message>
    <message>
        <source>The model {0} was recalibrated: captures are being classified again to update their confidence.</source>
        <translation>模型 {0} 已重新校准：正在重新分类图像，以更新置信度。</translation>
    </message>
</context>
<context>
    <name>ModelQuestions</name>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Model bundles (*.safetensors)</source>
        <translation>模型文件 (*.safetensors)</translation>
    </message>
</context>
<context>
    <name>ModelsDialog</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>By</source>
        <translation>作者</translation>
    </message>
    <message>
        <source>Models of this project</source>
        <translation>此项目的模型</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>比较…</translation>
    </message>
    <message>
        <source>Trained from</source>
        <translation>来源模型</translation>
    </message>
    <message>
        <source>On labelled captures with a prediction that were not used for training. Use Compare… to see two models side by side on the same captures.</source>
        <translation>基于有预测且未用于训练的已标注图像。“比较…”可在相同的图像上并排比较两个模型。</translation>
    </message>
    <message>
        <source>Notes on this model</source>
        <translation>关于此模型的备注</translation>
    </message>
    <message>
        <source>Revert to previous</source>
        <translation>恢复到上一个</translation>
    </message>
    <message>
        <source>Compare the model with the one it was trained from, or two selected models (Ctrl+click)</source>
        <translation>将该模型与其来源模型比较；选中两行（Ctrl+单击）时比较这两个模型</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>candidate</source>
        <translation>候选</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>discarded</source>
        <translation>已丢弃</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>在用</translation>
    </message>
    <message>
        <source>{0}: accuracy unknown, as no labelled captures outside its training data have predictions.</source>
        <translation>{0}：准确率未知，因为训练数据以外没有已预测的标注图像。</translation>
    </message>
    <message numerus="yes">
        <source>{0}: right on {1} of %Ln labelled capture(s) not used for training (95 % confidence: {2} to {3})</source>
        <translation>
            <numerusform>{0}：在 %Ln 张未用于训练的已标注图像中答对 {1} 张（95 % 置信区间：{2} 至 {3}）</numerusform>
        </translation>
    </message>
    <message>
        <source>Export model</source>
        <translation>导出模型</translation>
    </message>
    <message>
        <source>Model bundles (*.safetensors)</source>
        <translation>模型文件 (*.safetensors)</translation>
    </message>
</context>
<context>
    <name>NearPanel</name>
    <message>
        <source>Near view</source>
        <translation>近景</translation>
    </message>
    <message>
        <source>NEAR VIEW</source>
        <translation>近景</translation>
    </message>
    <message>
        <source>The same object, seen from closer.</source>
        <translation>同一目标的近景。</translation>
    </message>
    <message>
        <source>Prediction from here: {0} ({1}).</source>
        <translation>近景预测：{0}（{1}）。</translation>
    </message>
    <message>
        <source>Prediction from here: {0} ({1}), same as from afar.</source>
        <translation>近景预测：{0}（{1}），与远景一致。</translation>
    </message>
    <message>
        <source>Prediction from here: {0} ({1}), different from afar.</source>
        <translation>近景预测：{0}（{1}），与远景不同。</translation>
    </message>
</context>
<context>
    <name>ProgramCommands</name>
    <message>
        <source>ViMD Studio {0} is available. {1}</source>
        <translation>ViMD Studio {0} 已发布。{1}</translation>
    </message>
    <message>
        <source>Open download page</source>
        <translation>打开下载页面</translation>
    </message>
</context>
<context>
    <name>ProgramQuestions</name>
    <message>
        <source>ViMD Studio crashed last time. Your labels are safe. This report is stored only on this computer, in {0}; copy it if you want to send it to someone.</source>
        <translation>ViMD Studio 上次运行时崩溃了。您的标注是安全的。此报告只保存在本机的 {0} 中；如果想发给别人，请复制它。</translation>
    </message>
    <message>
        <source>Crash report</source>
        <translation>崩溃报告</translation>
    </message>
</context>
<context>
    <name>ProgressPanel</name>
    <message>
        <source>Captures that you chose to label may be easier or harder than the others. For a representative sample, use Review &gt; Random audit.</source>
        <translation>您自己挑选来标注的图像可能比其他图像更容易或更难。如需有代表性的样本，请使用“审核 &gt; 随机抽查”。</translation>
    </message>
    <message>
        <source>What to label next</source>
        <translation>接下来标注什么</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标注数</translation>
    </message>
    <message>
        <source>Captures you labelled with this class</source>
        <translation>您标注为此类别的图像</translation>
    </message>
    <message>
        <source>Share of these captures that the model predicts correctly, excluding training captures</source>
        <translation>其中模型预测正确的比例（不含训练用图像）</translation>
    </message>
    <message>
        <source>Share of correct predictions of this class, excluding training captures</source>
        <translation>此类别的预测中正确的比例（不含训练用图像）</translation>
    </message>
    <message>
        <source>Unreviewed captures with this prediction</source>
        <translation>预测为此类别的未审核图像</translation>
    </message>
    <message>
        <source>Statistics by class</source>
        <translation>各类别的数据</translation>
    </message>
    <message>
        <source>No labels yet. Accept or correct some captures, preferably with a random audit.</source>
        <translation>尚无标注：请接受或更正一些图像，最好用随机抽查。</translation>
    </message>
    <message numerus="yes">
        <source>The model was trained on {0} of your %Ln labelled capture(s). The other {1} are too few to measure its accuracy. Label about {2} more, preferably with a random audit.</source>
        <translation>
            <numerusform>您标注的 %Ln 张图像中有 {0} 张用于训练。其余 {1} 张太少，无法测量准确率。请再标注约 {2} 张，最好通过随机抽查。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model is right on {0} of %Ln labelled capture(s), too few to measure its accuracy. Label about {1} more, preferably with a random audit.</source>
        <translation>
            <numerusform>在 %Ln 张已标注图像中模型答对 {0} 张，数量太少，无法测量准确率。请再标注约 {1} 张，最好通过随机抽查。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model is right on {0} of %Ln labelled capture(s) not used for training: {1} (95 % confidence: {2} to {3}).</source>
        <translation>
            <numerusform>在 %Ln 张未用于训练的已标注图像中，模型答对 {0} 张，即 {1}（95 % 置信区间：{2} 至 {3}）。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model is right on {0} of %Ln labelled capture(s): {1} (95 % confidence: {2} to {3}).</source>
        <translation>
            <numerusform>在 %Ln 张已标注图像中，模型答对 {0} 张，即 {1}（95 % 置信区间：{2} 至 {3}）。</numerusform>
        </translation>
    </message>
    <message>
        <source>More labels would hardly change this estimate.</source>
        <translation>再多标注也几乎不会改变这个数字。</translation>
    </message>
    <message numerus="yes">
        <source>About %Ln more label(s) would narrow this to ±5 %.</source>
        <translation>
            <numerusform>再标注约 %Ln 张，误差即可降到 ±5 %。</numerusform>
        </translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>召回率</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>Unreviewed</source>
        <translation>待审核</translation>
    </message>
    <message>
        <source>Look at {0} next: {1} unreviewed, up to {2} wrong</source>
        <translation>接下来看 {0}：{1} 张待审核，最多可能错 {2} 张</translation>
    </message>
    <message>
        <source>Look at {0} next: {1} unreviewed</source>
        <translation>接下来看 {0}：{1} 张待审核</translation>
    </message>
    <message>
        <source>{0}: {1} of {2} (95 % confidence: {3} to {4})</source>
        <translation>{0}：{1}/{2}（95 % 置信区间：{3} 至 {4}）</translation>
    </message>
</context>
<context>
    <name>ProjectCommands</name>
    <message>
        <source>Restore backup…</source>
        <translation>恢复备份…</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新建项目</translation>
    </message>
    <message>
        <source>ViMD Studio is still closing {0}. It will open in a moment.</source>
        <translation>ViMD Studio 仍在关闭 {0}，稍后即会打开。</translation>
    </message>
    <message>
        <source>{0} Until then it is read-only.</source>
        <translation>{0}在此之前为只读。</translation>
    </message>
    <message>
        <source>Open another…</source>
        <translation>打开另一个…</translation>
    </message>
</context>
<context>
    <name>ProjectCounts</name>
    <message>
        <source>No matching captures. Press Ctrl+Shift+F to show all.</source>
        <translation>没有匹配的图像。按 Ctrl+Shift+F 显示全部。</translation>
    </message>
    <message>
        <source>Drop captures here.</source>
        <translation>将图像拖放到这里。</translation>
    </message>
</context>
<context>
    <name>ProjectQuestions</name>
    <message>
        <source>New project</source>
        <translation>新建项目</translation>
    </message>
    <message>
        <source>ViMD Studio project (*{0})</source>
        <translation>ViMD Studio 项目 (*{0})</translation>
    </message>
    <message>
        <source>Open project: choose its {0} folder</source>
        <translation>打开项目：选择其 {0} 文件夹</translation>
    </message>
</context>
<context>
    <name>ProjectRoom</name>
    <message>
        <source>Sources</source>
        <translation>来源</translation>
    </message>
</context>
<context>
    <name>QueryPart</name>
    <message>
        <source>Name: {0}</source>
        <translation>名称：{0}</translation>
    </message>
    <message>
        <source>Source: {0}</source>
        <translation>来源：{0}</translation>
    </message>
    <message>
        <source>Class: {0}</source>
        <translation>类别：{0}</translation>
    </message>
    <message>
        <source>Model: {0}</source>
        <translation>模型：{0}</translation>
    </message>
    <message>
        <source>Suggested: {0}</source>
        <translation>建议：{0}</translation>
    </message>
    <message>
        <source>Label: {0}</source>
        <translation>标注：{0}</translation>
    </message>
    <message>
        <source>Classified</source>
        <translation>已分类</translation>
    </message>
    <message>
        <source>Confidence: {0}–{1} %</source>
        <translation>置信度：{0}–{1} %</translation>
    </message>
    <message>
        <source>With a suggestion</source>
        <translation>有建议</translation>
    </message>
    <message>
        <source>None of these: at least {0} %</source>
        <translation>不属于任何类别：至少 {0} %</translation>
    </message>
    <message>
        <source>Size: at least {0} px</source>
        <translation>尺寸：{0} px 及以上</translation>
    </message>
    <message>
        <source>SR disagreement: at least {0} %</source>
        <translation>超分分歧：{0} % 及以上</translation>
    </message>
    <message>
        <source>SR changed the prediction</source>
        <translation>超分改变了预测</translation>
    </message>
    <message>
        <source>SR kept the prediction</source>
        <translation>超分未改变预测</translation>
    </message>
    <message>
        <source>Size: {0}–{1} px</source>
        <translation>尺寸：{0}–{1} px</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} 等另外 {1} 个</translation>
    </message>
    <message numerus="yes">
        <source>List of %Ln capture(s)</source>
        <translation>
            <numerusform>%Ln 张图像的列表</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>&amp;Clear list</source>
        <translation>清空此列表(&amp;C)</translation>
    </message>
</context>
<context>
    <name>RelinkCommands</name>
    <message numerus="yes">
        <source>The folder {0} with %Ln capture(s) is missing: connect its drive, or choose its new location.</source>
        <translation>
            <numerusform>找不到文件夹 {0}（其中有 %Ln 张图像）：请连接它所在的磁盘，或指出它现在的位置。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} of the project&apos;s folders are missing, such as {1} with %Ln capture(s): connect their drive, or choose their new location.</source>
        <translation>
            <numerusform>有 {0} 个文件夹找不到，例如 {1}（其中有 %Ln 张图像）：请连接它们所在的磁盘，或指出它们现在的位置。</numerusform>
        </translation>
    </message>
    <message>
        <source>Find moved folders…</source>
        <translation>查找已移动的文件夹…</translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s) found in {0}.</source>
        <translation>
            <numerusform>在 {0} 中找到了 %Ln 张图像。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more folder(s) moved with it (was/were) found too.</source>
        <translation>
            <numerusform>另有 %Ln 个文件夹随之移动，也已找到。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln (is/are) still missing.</source>
        <translation>
            <numerusform>仍有 %Ln 张找不到。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RelinkDialog</name>
    <message>
        <source>Find moved folders</source>
        <translation>查找已移动的文件夹</translation>
    </message>
    <message>
        <source>Select a missing folder, then choose its new location. Labels and predictions are kept.</source>
        <translation>选择缺失的文件夹，再指定它的新位置。标注和预测会保留。</translation>
    </message>
    <message>
        <source>No captures are missing.</source>
        <translation>没有缺失的图像。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Captures</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺少</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Choose new location…</source>
        <translation>选择新位置…</translation>
    </message>
    <message>
        <source>New location of the folder</source>
        <translation>文件夹的新位置</translation>
    </message>
</context>
<context>
    <name>RemoveCommands</name>
    <message numerus="yes">
        <source>%Ln capture(s) removed from the project. (Its file/Their files) on disk (is/are) not affected.</source>
        <translation>
            <numerusform>已从项目中移除 %Ln 张图像。磁盘上的文件不受影响。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RestoreDialog</name>
    <message>
        <source>Restore backup of {0}</source>
        <translation>恢复 {0} 的备份</translation>
    </message>
    <message>
        <source>The project is restored to its state at that time. Its present state is saved as another backup.</source>
        <translation>项目将恢复到当时的状态。当前状态会另存为一个备份。</translation>
    </message>
    <message>
        <source>No backups yet. A backup is made on each day that you open the project.</source>
        <translation>尚无备份：每天打开项目时会自动备份一次。</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Captures</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标注数</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Daily</source>
        <translation>每日</translation>
    </message>
    <message>
        <source>Before restoring a backup</source>
        <translation>恢复其他备份之前</translation>
    </message>
    <message>
        <source>Before an update</source>
        <translation>升级之前</translation>
    </message>
</context>
<context>
    <name>RetrainDialog</name>
    <message>
        <source>Retrain</source>
        <translation>重新训练</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Corrected</source>
        <translation>更正</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新</translation>
    </message>
    <message>
        <source>Near views</source>
        <translation>近景</translation>
    </message>
    <message>
        <source>Replayed</source>
        <translation>重放</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Analysing labels…</source>
        <translation>正在分析标注…</translation>
    </message>
    <message>
        <source>Captures whose predicted class you corrected to this one</source>
        <translation>您将预测更正为此类别的图像</translation>
    </message>
    <message>
        <source>Captures whose prediction you accepted</source>
        <translation>您接受了预测的图像</translation>
    </message>
    <message>
        <source>Captures added since the last training</source>
        <translation>上次训练之后新增的图像</translation>
    </message>
    <message>
        <source>Captures with a near view of the same object</source>
        <translation>有同一物体近景图片的图像</translation>
    </message>
    <message>
        <source>Captures replayed so that the model does not forget this class</source>
        <translation>为防止模型遗忘此类别而重放的图像</translation>
    </message>
    <message>
        <source>Training data by class</source>
        <translation>各类别的训练数据</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>学习</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>about {0}</source>
        <translation>约 {0}</translation>
    </message>
    <message>
        <source>waiting for the current training</source>
        <translation>等待当前训练完成</translation>
    </message>
    <message numerus="yes">
        <source>Training continues from {0} with about %Ln labelled capture(s) and its own correct predictions.</source>
        <translation>
            <numerusform>训练将从 {0} 继续，使用约 %Ln 张已标注的图像及其自身正确的预测。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It also learns from %Ln capture(s) without a label, by the suggestions for them: the surer a suggestion is, the more it counts.</source>
        <translation>
            <numerusform>它还按建议从 %Ln 张未标注的图像中学习：建议越确定，所占权重越大。</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} of them have near views; correct predictions on those are used as the teacher.</source>
        <translation>其中 {0} 张有近景；近景上的正确预测用作教师。</translation>
    </message>
    <message>
        <source>It stays in use, and is not replaced until you have seen the comparison.</source>
        <translation>期间它仍在使用，在您看过比较之前不会被替换。</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>正在测量…</translation>
    </message>
</context>
<context>
    <name>RetrainSettings</name>
    <message>
        <source>Name of the model in use, numbered</source>
        <translation>在用模型的名称加上序号</translation>
    </message>
    <message>
        <source>Also use near views stored next to the captures</source>
        <translation>同时使用图像旁边的近景</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>处理器 (CPU)</translation>
    </message>
    <message>
        <source>NVIDIA GPU</source>
        <translation>NVIDIA GPU</translation>
    </message>
    <message>
        <source>Apple GPU</source>
        <translation>Apple GPU</translation>
    </message>
    <message>
        <source>All free threads but one</source>
        <translation>除一个以外的全部空闲线程</translation>
    </message>
    <message>
        <source>Preset default</source>
        <translation>预设默认值</translation>
    </message>
    <message>
        <source>New model name</source>
        <translation>新模型的名称</translation>
    </message>
    <message>
        <source>Replayed captures per class</source>
        <translation>每个类别重放的图像数</translation>
    </message>
    <message>
        <source>Held-out share</source>
        <translation>留出比例</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>计算设备</translation>
    </message>
    <message>
        <source>CPU threads</source>
        <translation>处理器线程</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Self-distillation weight</source>
        <translation>自蒸馏权重</translation>
    </message>
    <message>
        <source>Other settings, one per line</source>
        <translation>其他设置，每行一项</translation>
    </message>
    <message>
        <source>Near views</source>
        <translation>近景</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
</context>
<context>
    <name>RetrainWording</name>
    <message>
        <source>Label at least {0} to retrain.</source>
        <translation>至少标注 {0} 个才能重新训练。</translation>
    </message>
    <message>
        <source>Some classes have ten times as many captures as others; rare classes are sampled more often.</source>
        <translation>有些类别的图像数是其他类别的十倍：少见的类别会更常被采样。</translation>
    </message>
    <message>
        <source>Too few confident predictions were reviewed to replay others.</source>
        <translation>审核过的高置信度预测太少，因此不重放其他预测。</translation>
    </message>
    <message>
        <source>{1} of {0} reviewed confident predictions were right, so others are replayed.</source>
        <translation>审核过的 {0} 个高置信度预测中有 {1} 个正确，因此会重放其他预测。</translation>
    </message>
    <message>
        <source>Only {1} of {0} reviewed confident predictions were right, so none are replayed.</source>
        <translation>审核过的 {0} 个高置信度预测中只有 {1} 个正确，因此不重放。</translation>
    </message>
    <message>
        <source>All labels are of one class, {0}. Label captures of other classes too.</source>
        <translation>所有标注都属于同一类别 {0}。请同时标注其他类别的图像。</translation>
    </message>
    <message>
        <source>These classes have only one labelled capture each, too few for training and validation: {0}. Label at least {1} of each.</source>
        <translation>以下类别各只有一张已标注图像，不足以学习和检验：{0}。请每类至少标注 {1} 张。</translation>
    </message>
    <message>
        <source>New class</source>
        <translation>新类别</translation>
    </message>
    <message>
        <source>Few labels</source>
        <translation>标注太少</translation>
    </message>
    <message>
        <source>May be forgotten</source>
        <translation>可能被遗忘</translation>
    </message>
    <message>
        <source>{0} and {1} others</source>
        <translation>{0} 等另外 {1} 个</translation>
    </message>
    <message>
        <source>They show about {0} things, each held out as a whole or not at all.</source>
        <translation>它们显示约 {0} 个物体，每个物体要么整体留出，要么都不留出。</translation>
    </message>
    <message>
        <source>Enough labels? Too early to tell: labelled captures so far: {0}. Label about {1} more.</source>
        <translation>标注够了吗？现在还无法判断：目前已标注的图像：{0}。请再标注约 {1} 张。</translation>
    </message>
    <message>
        <source>{0} very small</source>
        <translation>{0} 个非常小</translation>
    </message>
    <message numerus="yes">
        <source>Enough labels? Estimated accuracy with %Ln label(s): {0}; with twice as many: about {1} ({2} to {3}).</source>
        <translation>
            <numerusform>标注够了吗？%Ln 个标注时的估计准确率为 {0}；标注翻倍时约为 {1}（{2} 至 {3}）。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln labelled or accepted capture(s), {0} since the last training.</source>
        <translation>
            <numerusform>已标注或接受 %Ln 张图像，其中 {0} 张是上次训练之后的。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewQuestions</name>
    <message>
        <source>Change many captures</source>
        <translation>更改大量图像</translation>
    </message>
    <message>
        <source>Only unreviewed captures are changed. You can undo this in one step.</source>
        <translation>只更改待审核的图像。撤销可一步恢复。</translation>
    </message>
    <message>
        <source>Existing labels and marks of these captures are replaced. You can undo this in one step.</source>
        <translation>这些图像已有的标注会被替换。撤销可一步恢复。</translation>
    </message>
    <message>
        <source>Don&apos;t ask again</source>
        <translation>不再询问</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Remove from project</source>
        <translation>从项目中移除</translation>
    </message>
    <message>
        <source>Keep the labels if the images still show the same objects. Until you decide, these labels are neither exported nor used for training.</source>
        <translation>如果图像内容仍然相同，请保留标注。在您决定之前，这些标注既不会导出，也不会用于训练。</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示这些图像</translation>
    </message>
    <message numerus="yes">
        <source>Remove %Ln capture(s) from the project?</source>
        <translation>
            <numerusform>从项目中移除 %Ln 张图像？</numerusform>
        </translation>
    </message>
    <message>
        <source>Files on disk are not affected. Use Edit &gt; Undo to restore the captures.</source>
        <translation>文件保留在原处；“编辑 &gt; 撤销”可恢复这些图像。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s) (has/have) changed on disk since (it was/they were) labelled.</source>
        <translation>
            <numerusform>%Ln 张图像在标注后，磁盘上的文件已更改。</numerusform>
        </translation>
    </message>
    <message>
        <source>Changed on disk</source>
        <translation>文件已更改</translation>
    </message>
    <message>
        <source>Keep labels</source>
        <translation>保留标注</translation>
    </message>
    <message>
        <source>Clear labels</source>
        <translation>清除标注</translation>
    </message>
</context>
<context>
    <name>ReviewQueues</name>
    <message numerus="yes">
        <source>The %Ln most similar capture(s), of {0}.</source>
        <translation>
            <numerusform>最相似的 %Ln 张图像，共 {0} 张。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The %Ln capture(s) most unlike labelled captures, of {0}.</source>
        <translation>
            <numerusform>与已标注者最不相似的 %Ln 张图像，共 {0} 张。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s) to label next, of {0}. Each represents many without a similar labelled capture.</source>
        <translation>
            <numerusform>接下来标注这 %Ln 张（共 {0} 张）。每张都代表许多尚无相似标注的图像。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{1} of %Ln label(s) may be wrong, most likely first.</source>
        <translation>
            <numerusform>%Ln 个标注中有 {1} 个可能有误，最可疑者在前。</numerusform>
        </translation>
    </message>
    <message>
        <source>With so few labels, this is only a hint.</source>
        <translation>标注还很少：仅供参考。</translation>
    </message>
</context>
<context>
    <name>ReviewSession</name>
    <message numerus="yes">
        <source>Mark %Ln capture(s) as unsure?</source>
        <translation>
            <numerusform>将 %Ln 张图像标为存疑？</numerusform>
        </translation>
    </message>
    <message>
        <source>None of these</source>
        <translation>不属于任何类别</translation>
    </message>
    <message>
        <source>No class {0} is offered for this capture: press / to choose a class.</source>
        <translation>此图像没有第 {0} 个候选类别：按 / 选择类别。</translation>
    </message>
    <message numerus="yes">
        <source>Accept the suggestions for %Ln capture(s)?</source>
        <translation>
            <numerusform>接受 %Ln 张图像的建议？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Accept the predictions for %Ln capture(s)?</source>
        <translation>
            <numerusform>接受 %Ln 张图像的预测？</numerusform>
        </translation>
    </message>
    <message>
        <source>The suggestion has just changed: press the key again to use the new one.</source>
        <translation>建议刚刚改变：再按一次该键以使用新建议。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln suggestion(s) (has/have) just changed: press the key again to use the new (one/ones).</source>
        <translation>
            <numerusform>%Ln 个建议刚刚改变：再按一次该键以使用新建议。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reject %Ln capture(s)?</source>
        <translation>
            <numerusform>排除 %Ln 张图像？</numerusform>
        </translation>
    </message>
    <message>
        <source>No class is pinned to key {0}: pin one with Label &gt; Classes &gt; Pin.</source>
        <translation>按键 {0} 没有固定类别：请用“标注 &gt; 类别 &gt; 固定”固定一个。</translation>
    </message>
    <message numerus="yes">
        <source>Clear the labels of %Ln capture(s)?</source>
        <translation>
            <numerusform>清除 %Ln 张图像的标注？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Label %Ln capture(s) as {0}?</source>
        <translation>
            <numerusform>将 %Ln 张图像标注为 {0}？</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SavedFilters</name>
    <message>
        <source>Saved filters</source>
        <translation>已保存的筛选</translation>
    </message>
    <message>
        <source>Delete saved filter</source>
        <translation>删除已保存的筛选</translation>
    </message>
</context>
<context>
    <name>ScreenPicker</name>
    <message>
        <source>Screen region</source>
        <translation>屏幕的一部分</translation>
    </message>
    <message>
        <source>Drag over the part of the screen to watch. Press Esc to cancel.</source>
        <translation>拖动鼠标选择要监视的屏幕区域。按 Esc 取消。</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>--agree {agree} is not of the form 3/5.</source>
        <translation>--agree {agree} 的格式应为 3/5。</translation>
    </message>
    <message>
        <source>--grow-from turns a light network into an SRResNet: give it with --preset paper or balanced, and the file of a light one.</source>
        <translation>--grow-from 把轻量网络扩展为 SRResNet：请与 --preset paper 或 balanced 一起使用，并给出轻量网络的文件。</translation>
    </message>
    <message>
        <source>--init-from-teacher needs --teacher.</source>
        <translation>--init-from-teacher 需要 --teacher。</translation>
    </message>
    <message>
        <source>--roi {text} is not of the form x,y,w,h or name=x,y,w,h,angle.</source>
        <translation>--roi {text} 的格式应为 x,y,w,h 或 name=x,y,w,h,angle。</translation>
    </message>
    <message>
        <source>--set {text}: write it as SETTING=VALUE, such as training.weight_decay=0.1.</source>
        <translation>--set {text}：请写成 SETTING=VALUE，例如 training.weight_decay=0.1。</translation>
    </message>
    <message>
        <source>: did you mean {name}?</source>
        <translation>：您是指 {name} 吗？</translation>
    </message>
    <message>
        <source>: use {names}.</source>
        <translation>：请使用 {names}。</translation>
    </message>
    <message>
        <source>A batch of {batch_size} can&apos;t be shared equally by {processes} processes: choose a multiple.</source>
        <translation>批大小 {batch_size} 不能平均分给 {processes} 个进程：请选择其倍数。</translation>
    </message>
    <message>
        <source>A batch of {rows} has no room for all streams of captures: use a larger batch.</source>
        <translation>批大小 {rows} 容纳不下所有采样来源：请增大批大小。</translation>
    </message>
    <message>
        <source>A convolutional stem needs a stride of 8, 16, 32, ... that divides the image size, not {stride_px} for {size} px.</source>
        <translation>卷积干层需要步长 8、16、32……且能整除图像尺寸，而不是 {size} px 用 {stride_px}。</translation>
    </message>
    <message>
        <source>A line of {path} has too few columns: {row}.</source>
        <translation>{path} 中有一行的列数太少：{row}。</translation>
    </message>
    <message>
        <source>A message between processes is malformed: {reason}</source>
        <translation>进程间的消息格式不正确：{reason}</translation>
    </message>
    <message>
        <source>A message of {length} bytes is too long.</source>
        <translation>{length} 字节的消息过长。</translation>
    </message>
    <message>
        <source>A model bundle&apos;s name ends in .safetensors: {output} does not.</source>
        <translation>模型文件的名称须以 .safetensors 结尾，而 {output} 不是。</translation>
    </message>
    <message>
        <source>A network of {small} channels and {num_trunk} blocks needs at least {wanted} channels and {num_trunk} blocks to grow into.</source>
        <translation>{small} 通道、{num_trunk} 块的网络至少需要扩展到 {wanted} 通道、{num_trunk} 块的网络。</translation>
    </message>
    <message>
        <source>A patch of {patch_size_px} px does not fit into {size} px.</source>
        <translation>{patch_size_px} px 的图块放不进 {size} px。</translation>
    </message>
    <message>
        <source>A project is retrained with its own labels: leave images and labels out.</source>
        <translation>项目使用自己的标签进行再训练：请不要提供图像和标签。</translation>
    </message>
    <message>
        <source>A student needs a super-resolution network: add --srresnet, or --init with a whole model.</source>
        <translation>学生模型需要超分辨率网络：请添加 --srresnet，或用 --init 给出完整模型。</translation>
    </message>
    <message>
        <source>An image must be a NumPy array, not {kind}.</source>
        <translation>图像必须是 NumPy 数组，而不是 {kind}。</translation>
    </message>
    <message>
        <source>An image must be a path, a NumPy array or a Pillow image, not {kind}.</source>
        <translation>图像必须是路径、NumPy 数组或 Pillow 图像，而不是 {kind}。</translation>
    </message>
    <message>
        <source>An image must have the shape (height, width, 3) in RGB or (height, width) in grey, not {shape}.</source>
        <translation>图像的形状必须是 (height, width, 3)（RGB）或 (height, width)（灰度），而不是 {shape}。</translation>
    </message>
    <message>
        <source>An image of {width} x {height} px is too small to compare.</source>
        <translation>{width} x {height} px 的图像太小，无法比较。</translation>
    </message>
    <message>
        <source>Apple&apos;s GPU can&apos;t be used here: use the device auto or cpu.</source>
        <translation>此处无法使用 Apple 显卡：请将设备设为自动或 CPU。</translation>
    </message>
    <message>
        <source>Give --grow-from or --init, not both: a network has one start.</source>
        <translation>--grow-from 和 --init 只能给出一个：网络只有一个起点。</translation>
    </message>
    <message>
        <source>Give a number of minutes and perhaps a number of streams.</source>
        <translation>请给出分钟数，也可以再给出视频流的数量。</translation>
    </message>
    <message>
        <source>Give a preset ({presets}), a number of captures and perhaps a scan ({scans}).</source>
        <translation>请给出预设（{presets}）、截图数量，也可以再给出扫描方式（{scans}）。</translation>
    </message>
    <message>
        <source>Give an address, a file, a folder or the number of a camera.</source>
        <translation>请输入地址、文件、文件夹或摄像头编号。</translation>
    </message>
    <message>
        <source>Give labels for the images, or the path of a folder or a table that has them.</source>
        <translation>请提供图像的标签，或包含标签的文件夹或表格的路径。</translation>
    </message>
    <message>
        <source>Images must be a path, a NumPy array, a Pillow image, or several of these, not {kind}.</source>
        <translation>图像必须是路径、NumPy 数组、Pillow 图像或它们的列表，而不是 {kind}。</translation>
    </message>
    <message>
        <source>JPEG qualities must be from 1 to 100, the lowest first.</source>
        <translation>JPEG 质量必须在 1 到 100 之间，最低的在前。</translation>
    </message>
    <message>
        <source>Line {earlier} of {manifest} says that {hr} shows {first_class}, and a line before it says {second_class}: correct one of them.</source>
        <translation>{manifest} 第 {earlier} 行说 {hr} 是 {first_class}，而它之前的一行说是 {second_class}：请更正其中一行。</translation>
    </message>
    <message>
        <source>Line {line} of {manifest} has no {column}: fill it in, or remove the line.</source>
        <translation>{manifest} 第 {line} 行没有 {column}：请填写，或删除该行。</translation>
    </message>
    <message>
        <source>Line {line} of {manifest} has the split {split}: use train, validation or test, or nothing.</source>
        <translation>{manifest} 第 {line} 行的划分是 {split}：请使用 train、validation 或 test，或留空。</translation>
    </message>
    <message>
        <source>Line {line} of {manifest} has {found} columns, and the header {columns}: put values that hold {delimiter} in quotes.</source>
        <translation>{manifest} 第 {line} 行有 {found} 列，而表头有 {columns} 列：请给含有 {delimiter} 的值加上引号。</translation>
    </message>
    <message>
        <source>Line {line} of {path} has a {name} that is no text: put it in quotes.</source>
        <translation>{path} 的第 {line} 行的 {name} 不是文本：请加上引号。</translation>
    </message>
    <message>
        <source>Line {line} of {path} holds a zero byte: save the table again as text in UTF-8.</source>
        <translation>{path} 的第 {line} 行含有零字节：请重新将表格保存为 UTF-8 文本。</translation>
    </message>
    <message>
        <source>Line {line} of {path} is no CSV ({reason}): check its quotes.</source>
        <translation>{path} 的第 {line} 行不是有效的 CSV（{reason}）：请检查引号。</translation>
    </message>
    <message>
        <source>Line {line} of {path} is no JSON object ({reason}): correct it.</source>
        <translation>{path} 的第 {line} 行不是 JSON 对象（{reason}）：请更正。</translation>
    </message>
    <message>
        <source>Line {line} of {path} is no JSON object: each needs a path and a label.</source>
        <translation>{path} 的第 {line} 行不是 JSON 对象：每一项都需要 path 和 label。</translation>
    </message>
    <message>
        <source>Line {line} of {path} is not {encoding}: save it as UTF-8.</source>
        <translation>{path} 的第 {line} 行不是 {encoding} 编码：请保存为 UTF-8。</translation>
    </message>
    <message>
        <source>Line {line} of {path} names {capture_path} again, after line {earlier}, with another split, group or view: remove one of them.</source>
        <translation>{path} 第 {line} 行再次列出 {capture_path}（前一次在第 {earlier} 行），但划分、组或视图不同：请删除其中一行。</translation>
    </message>
    <message>
        <source>Loss weights must not be negative, and {name} is {value}.</source>
        <translation>损失权重不能为负，而 {name} 为 {value}。</translation>
    </message>
    <message>
        <source>Name the captures that --class is for, and give no paths without it.</source>
        <translation>请指明 --class 所针对的截图；不用它时不要给出路径。</translation>
    </message>
    <message>
        <source>No CUDA device can be used ({reason}): use the device auto or cpu.</source>
        <translation>没有可用的 CUDA 设备（{reason}）：请将设备设为自动或 CPU。</translation>
    </message>
    <message>
        <source>No capture belongs to a stream with a share above 0: change the shares.</source>
        <translation>没有截图属于占比大于 0 的来源：请更改占比。</translation>
    </message>
    <message>
        <source>No capture in {source} can be read.</source>
        <translation>{source} 中没有可读取的截图。</translation>
    </message>
    <message>
        <source>No capture whose features are computed is labelled: label some first.</source>
        <translation>已计算特征的图像均未标注：请先标注一些。</translation>
    </message>
    <message>
        <source>No image in {lr} has the name of one in {hr}: give two folders of matching pairs.</source>
        <translation>{lr} 中没有与 {hr} 中同名的图像：请给出两个成对的文件夹。</translation>
    </message>
    <message>
        <source>No model is loaded: open a model first.</source>
        <translation>没有加载模型：请先打开一个模型。</translation>
    </message>
    <message>
        <source>None of the captures in {data} can be read.</source>
        <translation>{data} 中的截图都无法读取。</translation>
    </message>
    <message>
        <source>None of the images can be read: {reasons}</source>
        <translation>没有任何图像可以读取：{reasons}</translation>
    </message>
    <message>
        <source>Normalisation can only be folded into the published stem: import without it.</source>
        <translation>归一化只能并入已发布的干层：请导入时不使用它。</translation>
    </message>
    <message>
        <source>Nothing that the project has from {folder} is in {new_folder}: choose the folder that contains it now.</source>
        <translation>{new_folder} 中没有项目从 {folder} 添加的任何文件：请选择它们现在所在的文件夹。</translation>
    </message>
    <message>
        <source>Of a track, from 1 to 32 frames are classified, and no more of them can agree.</source>
        <translation>每条轨迹分类 1 到 32 帧，一致的帧数不能超过它。</translation>
    </message>
    <message>
        <source>One of the shares of the streams must be above 0.</source>
        <translation>各来源的占比中至少有一个须大于 0。</translation>
    </message>
    <message>
        <source>Only a Vision Mamba has layers to freeze.</source>
        <translation>只有 Vision Mamba 才有可冻结的层。</translation>
    </message>
    <message>
        <source>Only networks that enlarge four times can be grown.</source>
        <translation>只有放大四倍的网络才能扩展。</translation>
    </message>
    <message>
        <source>Position embeddings of {before} patches were interpolated to {after}.</source>
        <translation>位置编码已从 {before} 个图块插值为 {after} 个。</translation>
    </message>
    <message>
        <source>Projects need</source>
        <translation>项目需要</translation>
    </message>
    <message>
        <source>Resumed after step {step} of {steps} (epoch {epoch} of {epochs}).</source>
        <translation>已从第 {step} 步（共 {steps} 步，第 {epoch} 轮，共 {epochs} 轮）后继续。</translation>
    </message>
    <message>
        <source>Retraining needs images and a label for each.</source>
        <translation>再训练需要图像，且每张图像都要有标签。</translation>
    </message>
    <message>
        <source>The Pillow image is empty: {width} x {height} px.</source>
        <translation>Pillow 图像为空：{width} x {height} 像素。</translation>
    </message>
    <message>
        <source>The Pillow image of mode {mode} can&apos;t be read ({reason}).</source>
        <translation>无法读取模式为 {mode} 的 Pillow 图像（{reason}）。</translation>
    </message>
    <message>
        <source>The batch size must be at least 1, not {batch_size}.</source>
        <translation>批大小至少为 1，而不是 {batch_size}。</translation>
    </message>
    <message>
        <source>The benchmark train takes no arguments, not {command}.</source>
        <translation>基准测试 train 不接受参数 {command}。</translation>
    </message>
    <message>
        <source>The benchmark {name} needs {package}: install the development tools.</source>
        <translation>基准测试 {name} 需要 {package}：请安装开发工具。</translation>
    </message>
    <message>
        <source>The benchmark {path} can&apos;t be read.</source>
        <translation>无法读取基准测试 {path}。</translation>
    </message>
    <message>
        <source>The bundled model {path} is missing: reinstall ViMD Studio or give --model.</source>
        <translation>缺少内置模型 {path}：请重新安装 ViMD Studio，或使用 --model。</translation>
    </message>
    <message>
        <source>The capture {name} can&apos;t be encoded.</source>
        <translation>无法编码截图 {name}。</translation>
    </message>
    <message>
        <source>The certificate of {host} can&apos;t be verified.</source>
        <translation>无法验证 {host} 的证书。</translation>
    </message>
    <message>
        <source>The change that makes a capture must be above 0 and at most 1.</source>
        <translation>触发截图的变化必须大于 0 且不超过 1。</translation>
    </message>
    <message>
        <source>The checkpoint {source} is damaged: delete it to start again.</source>
        <translation>检查点 {source} 已损坏：请将其删除后重新开始。</translation>
    </message>
    <message>
        <source>The checkpoint {target} can&apos;t be written ({reason}): free some space.</source>
        <translation>无法写入检查点 {target}（{reason}）：请释放一些空间。</translation>
    </message>
    <message>
        <source>The child process announced a message that is too long.</source>
        <translation>子进程声明的消息过长。</translation>
    </message>
    <message>
        <source>The child process sent something that is not a message.</source>
        <translation>子进程发来的不是消息。</translation>
    </message>
    <message>
        <source>The child process speaks protocol version {version} and the app version {own}: reinstall ViMD Studio.</source>
        <translation>子进程使用协议版本 {version}，而程序使用版本 {own}：请重新安装 ViMD Studio。</translation>
    </message>
    <message>
        <source>The class folders in {folder} hold no images.</source>
        <translation>{folder} 中的类别文件夹里没有图像。</translation>
    </message>
    <message>
        <source>The classifier can start from --init or from the teacher: leave one of them out.</source>
        <translation>分类器只能从 --init 或教师模型开始：请去掉其中一个。</translation>
    </message>
    <message>
        <source>The classifier&apos;s image size, {image_size_px} px, must be a multiple of the upscale factor {upscale}.</source>
        <translation>分类器的图像尺寸 {image_size_px} px 必须是放大倍数 {upscale} 的倍数。</translation>
    </message>
    <message>
        <source>The comparison can&apos;t be written ({reason}): free some space.</source>
        <translation>无法写入比较结果（{reason}）：请释放一些空间。</translation>
    </message>
    <message>
        <source>The comparison in {folder} is damaged ({reason}): resume the training.</source>
        <translation>{folder} 中的比较结果已损坏（{reason}）：请继续训练。</translation>
    </message>
    <message>
        <source>The connection was lost.</source>
        <translation>连接已断开。</translation>
    </message>
    <message>
        <source>The export was cancelled; nothing was written.</source>
        <translation>已取消导出，没有写入任何内容。</translation>
    </message>
    <message>
        <source>The features of these captures are not computed yet: try again in a moment.</source>
        <translation>这些图像的特征尚未计算：请稍后再试。</translation>
    </message>
    <message>
        <source>The features of this capture are not computed yet: try again in a moment.</source>
        <translation>该图像的特征尚未计算：请稍后再试。</translation>
    </message>
    <message>
        <source>The file of class names can&apos;t be used: {reason}</source>
        <translation>无法使用类别名文件：{reason}</translation>
    </message>
    <message>
        <source>The folder {folder} can&apos;t be written ({reason}): choose another.</source>
        <translation>无法写入文件夹 {folder}（{reason}）：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>The header of the model file {path} is damaged: copy or download it again.</source>
        <translation>模型文件 {path} 的文件头已损坏：请重新复制或下载。</translation>
    </message>
    <message>
        <source>The header of {path} has no column {missing} (it has {shown}): it needs path and label, and may have split, hr and group.</source>
        <translation>{path} 的表头没有 {missing} 列（现有 {shown}）：需要 path 和 label，还可以有 split、hr 和 group。</translation>
    </message>
    <message>
        <source>The header of {path} has the column {twice} twice: rename one of them.</source>
        <translation>{path} 的表头中 {twice} 列出现了两次：请重命名其中一个。</translation>
    </message>
    <message>
        <source>The images {name} in {file} are {shape} and should be numbers of the shape (images, 3, {height}, {width}), as meta.json says.</source>
        <translation>{file} 中的图像 {name} 为 {shape}，按 meta.json 应为形状 (images, 3, {height}, {width}) 的数字。</translation>
    </message>
    <message>
        <source>The interval between captures must not be negative.</source>
        <translation>截图的间隔不能为负。</translation>
    </message>
    <message>
        <source>The label {index} in {file} is out of range: meta.json says {classes} classes, from 0.</source>
        <translation>{file} 中的标签 {index} 超出范围：meta.json 说有 {classes} 个类别，从 0 开始。</translation>
    </message>
    <message>
        <source>The labels in {file} must be one whole number for each image.</source>
        <translation>{file} 中每张图像的标签必须是一个整数。</translation>
    </message>
    <message>
        <source>The limits on what is kept must not be negative.</source>
        <translation>保留数量的限制不能为负。</translation>
    </message>
    <message>
        <source>The list of classes {path} can&apos;t be read ({reason}).</source>
        <translation>无法读取类别列表 {path}（{reason}）。</translation>
    </message>
    <message>
        <source>The list of classes {path} is damaged ({reason}): it needs objects with name and outputs.</source>
        <translation>类别列表 {path} 已损坏（{reason}）：它需要含有 name 和 outputs 的对象。</translation>
    </message>
    <message>
        <source>The list of classes {path} must name some classes, each one and each output once.</source>
        <translation>类别列表 {path} 必须列出一些类别，且每个类别和每个输出只出现一次。</translation>
    </message>
    <message>
        <source>The list of paths {path} can&apos;t be read ({reason}).</source>
        <translation>无法读取路径列表 {path}（{reason}）。</translation>
    </message>
    <message>
        <source>The log {log} can&apos;t be written ({reason}): free some space.</source>
        <translation>无法写入日志 {log}（{reason}）：请释放一些空间。</translation>
    </message>
    <message>
        <source>The log {path} can&apos;t be written ({reason}): free some space.</source>
        <translation>无法写入日志 {path}（{reason}）：请释放一些空间。</translation>
    </message>
    <message>
        <source>The loss {name} in meta.json is built with {text}, which is no number.</source>
        <translation>meta.json 中的损失 {name} 使用了 {text}，它不是数字。</translation>
    </message>
    <message>
        <source>The loss {name} in {path} is no number: {value}.</source>
        <translation>{path} 中的损失 {name} 不是数字：{value}。</translation>
    </message>
    <message>
        <source>The losses in {path} must be numbers by name.</source>
        <translation>{path} 中的损失必须是按名称列出的数字。</translation>
    </message>
    <message>
        <source>The memory of a training step can&apos;t be measured: {reason}</source>
        <translation>无法测量训练步骤的内存：{reason}</translation>
    </message>
    <message>
        <source>The model can&apos;t be written to {path} ({reason}).</source>
        <translation>无法把模型写入 {path}（{reason}）。</translation>
    </message>
    <message>
        <source>The model can&apos;t be written to {target} ({reason}).</source>
        <translation>无法把模型写入 {target}（{reason}）。</translation>
    </message>
    <message>
        <source>The model file {path} can&apos;t be read ({reason}).</source>
        <translation>无法读取模型文件 {path}（{reason}）。</translation>
    </message>
    <message>
        <source>The model file {path} is damaged ({reason}): copy or download it again.</source>
        <translation>模型文件 {path} 已损坏（{reason}）：请重新复制或下载。</translation>
    </message>
    <message>
        <source>The model file {path} is empty (0 bytes): copy or download it again.</source>
        <translation>模型文件 {path} 是空的（0 字节）：请重新复制或下载。</translation>
    </message>
    <message>
        <source>The model file {path} is truncated: copy or download it again.</source>
        <translation>模型文件 {path} 不完整：请重新复制或下载。</translation>
    </message>
    <message>
        <source>The model file {path} lacks the weights {missing}.</source>
        <translation>模型文件 {path} 缺少权重 {missing}。</translation>
    </message>
    <message>
        <source>The model file {path} was made by a newer ViMD (format {version}, this one reads up to {bundle_format_version}): update ViMD Studio.</source>
        <translation>模型文件 {path} 由更新版本的 ViMD 生成（格式 {version}，本版本最多读取 {bundle_format_version}）：请更新 ViMD Studio。</translation>
    </message>
    <message>
        <source>The model file {path} was replaced by another one.</source>
        <translation>模型文件 {path} 已被另一个文件替换。</translation>
    </message>
    <message>
        <source>The model gave no super-resolved view of {path}.</source>
        <translation>模型没有给出 {path} 的超分辨率视图。</translation>
    </message>
    <message>
        <source>The model has no class number {number}.</source>
        <translation>模型没有编号为 {number} 的类别。</translation>
    </message>
    <message>
        <source>The model has {outputs} outputs and {num_classes} class names: give one for each.</source>
        <translation>模型有 {outputs} 个输出和 {num_classes} 个类别名：两者须一一对应。</translation>
    </message>
    <message>
        <source>The model {model} is shared, so it is not changed: {instead}.</source>
        <translation>模型 {model} 是共享的，因此不会更改：{instead}。</translation>
    </message>
    <message>
        <source>The model&apos;s description is damaged ({reason}): copy or make the bundle again.</source>
        <translation>模型的描述已损坏（{reason}）：请重新复制或生成模型文件。</translation>
    </message>
    <message>
        <source>The model&apos;s description lacks {reason}: copy or make the bundle again.</source>
        <translation>模型的描述缺少 {reason}：请重新复制或生成模型文件。</translation>
    </message>
    <message>
        <source>The models of {folder} can&apos;t be read ({reason}).</source>
        <translation>无法读取 {folder} 的模型（{reason}）。</translation>
    </message>
    <message>
        <source>The name of a file of weights ends in .safetensors: {target} does not.</source>
        <translation>权重文件的名称须以 .safetensors 结尾，而 {target} 不是。</translation>
    </message>
    <message>
        <source>The name of a project ends in {suffix}: give {folder}{suffix}.</source>
        <translation>项目的名称须以 {suffix} 结尾：请使用 {folder}{suffix}。</translation>
    </message>
    <message>
        <source>The name of the project {folder} is not valid text: choose another name.</source>
        <translation>项目 {folder} 的名称不是有效文本：请另选一个名称。</translation>
    </message>
    <message>
        <source>The name of {path} is not valid text: rename the file and add it again.</source>
        <translation>{path} 的名称不是有效文本：请重命名后再添加。</translation>
    </message>
    <message>
        <source>The preset init takes the networks of the model in --init: add that.</source>
        <translation>预设 init 使用 --init 中模型的网络：请添加 --init。</translation>
    </message>
    <message>
        <source>The project {project} was last opened by a newer version of ViMD Studio (schema {revision}): install that version to open it.</source>
        <translation>项目 {project} 曾用更新版本的 ViMD Studio 打开（结构版本 {revision}）：请安装该版本后打开。</translation>
    </message>
    <message>
        <source>The recipe {path} can&apos;t be read ({reason}).</source>
        <translation>无法读取训练配方 {path}（{reason}）。</translation>
    </message>
    <message>
        <source>The recipe {path} is not TOML ({reason}).</source>
        <translation>训练配方 {path} 不是 TOML（{reason}）。</translation>
    </message>
    <message>
        <source>The recipe {target} can&apos;t be written ({reason}): free some space.</source>
        <translation>无法写入训练配方 {target}（{reason}）：请释放一些空间。</translation>
    </message>
    <message>
        <source>The region {name} is no box: its place and size must be numbers.</source>
        <translation>区域 {name} 不是矩形：其位置和大小必须是数字。</translation>
    </message>
    <message>
        <source>The region {name} must be at least {smallest} px wide and high.</source>
        <translation>区域 {name} 的宽和高至少为 {smallest} px。</translation>
    </message>
    <message>
        <source>The report can&apos;t be written to {folder} ({reason}): choose another folder.</source>
        <translation>无法把报告写入 {folder}（{reason}）：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>The run folder {folder} can&apos;t be written to ({reason}): choose another.</source>
        <translation>无法写入训练文件夹 {folder}（{reason}）：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>The run in {path} was started from another file ({origins}): give that one, or use another folder.</source>
        <translation>{path} 中的训练从另一个文件开始（{origins}）：请给出该文件，或使用其他文件夹。</translation>
    </message>
    <message>
        <source>The run in {path} was started with other settings ({shown}): use those, or another folder.</source>
        <translation>{path} 中的训练使用了其他设置（{shown}）：请使用原来的设置，或使用其他文件夹。</translation>
    </message>
    <message>
        <source>The run in {run} trains another network: use another folder.</source>
        <translation>{run} 中训练的是另一个网络：请使用其他文件夹。</translation>
    </message>
    <message>
        <source>The scan backend {wanted} can&apos;t be used: {reason}. Use auto.</source>
        <translation>无法使用扫描后端 {wanted}：{reason}。请使用 auto。</translation>
    </message>
    <message>
        <source>The search was cancelled; nothing was changed.</source>
        <translation>已取消查找，没有做任何更改。</translation>
    </message>
    <message>
        <source>The server ended the stream.</source>
        <translation>服务器结束了视频流。</translation>
    </message>
    <message>
        <source>The settings of a source are malformed ({reason}).</source>
        <translation>源的设置格式不正确（{reason}）。</translation>
    </message>
    <message>
        <source>The symmetries name the class {name}, which the data don&apos;t have: name theirs, or set training.symmetries.mirrored=[] and training.symmetries.turned=[].</source>
        <translation>对称设置提到数据中没有的类别 {name}：请使用数据中的类别，或设置 training.symmetries.mirrored=[] 和 training.symmetries.turned=[]。</translation>
    </message>
    <message>
        <source>The teacher {path} is damaged: train it again.</source>
        <translation>教师模型 {path} 已损坏：请重新训练。</translation>
    </message>
    <message>
        <source>The teacher {path} is of another size: train it with --preset {preset}.</source>
        <translation>教师模型 {path} 的尺寸不同：请用 --preset {preset} 训练。</translation>
    </message>
    <message>
        <source>The teacher {path} was trained on other classes than the folders of this data.</source>
        <translation>教师模型 {path} 训练时的类别与这些数据的文件夹不同。</translation>
    </message>
    <message>
        <source>The temperature must be a number, not {temperature}.</source>
        <translation>温度必须是数字，而不是 {temperature}。</translation>
    </message>
    <message>
        <source>The temperature must be above 0 and finite, not {temperature}.</source>
        <translation>温度必须大于 0 且有限，而不是 {temperature}。</translation>
    </message>
    <message>
        <source>The times and the threshold of motion must not be negative.</source>
        <translation>运动检测的时间和阈值不能为负。</translation>
    </message>
    <message>
        <source>The training ended unexpectedly ({reason}).</source>
        <translation>训练意外结束（{reason}）。</translation>
    </message>
    <message>
        <source>The training has failed.</source>
        <translation>训练失败。</translation>
    </message>
    <message>
        <source>The training was stopped: the same call resumes it, where it was given a folder.</source>
        <translation>训练已停止：如果指定了文件夹，再次进行相同的调用即可继续。</translation>
    </message>
    <message>
        <source>The training was stopped: the same call with resume goes on.</source>
        <translation>训练已停止：使用 resume 再次进行相同的调用即可继续。</translation>
    </message>
    <message>
        <source>The type {dtype} does not tell the range of an image&apos;s values: convert it to uint8 (0 to 255), uint16 (0 to 65535) or floating point (0 to 1).</source>
        <translation>类型 {dtype} 无法说明图像值的范围：请转换为 uint8（0 到 255）、uint16（0 到 65535）或浮点数（0 到 1）。</translation>
    </message>
    <message>
        <source>The values of a floating-point image must be from 0 to 1, not from {lowest} to {highest}: scale them, or convert the image to uint8 if they are from 0 to 255.</source>
        <translation>浮点图像的值必须在 0 到 1 之间，而不是 {lowest} 到 {highest}：请缩放；若范围是 0 到 255，请把图像转换为 uint8。</translation>
    </message>
    <message>
        <source>The view {target} can&apos;t be written ({reason}).</source>
        <translation>无法写入视图 {target}（{reason}）。</translation>
    </message>
    <message>
        <source>The weight {name} in the model file {path} holds values that are not numbers.</source>
        <translation>模型文件 {path} 中的权重 {name} 含有非数字的值。</translation>
    </message>
    <message>
        <source>The weight {name} in the model file {path} is {shape} and should be {expected}: the file&apos;s description is of another model.</source>
        <translation>模型文件 {path} 中的权重 {name} 为 {shape}，应为 {expected}：文件的描述属于另一个模型。</translation>
    </message>
    <message>
        <source>The weight {name} in {path} holds values that are not numbers.</source>
        <translation>{path} 中的权重 {name} 含有非数字的值。</translation>
    </message>
    <message>
        <source>The weight {name} in {path} is {shape} and should be {expected}: use another preset.</source>
        <translation>{path} 中的权重 {name} 为 {shape}，应为 {expected}：请使用其他预设。</translation>
    </message>
    <message>
        <source>The weights {target} can&apos;t be written ({reason}): free some space.</source>
        <translation>无法写入权重 {target}（{reason}）：请释放一些空间。</translation>
    </message>
    <message>
        <source>The window needs</source>
        <translation>窗口需要</translation>
    </message>
    <message>
        <source>The {patches} position embeddings in {path} are of no grid of the image&apos;s shape: use other weights.</source>
        <translation>{path} 中的 {patches} 个位置编码与图像形状的网格不符：请使用其他权重。</translation>
    </message>
    <message>
        <source>The {what} {twice} is named twice: names must differ.</source>
        <translation>{what} {twice} 出现两次：名称不能重复。</translation>
    </message>
    <message>
        <source>There are no captures to calibrate on: hold some back from training.</source>
        <translation>没有可用于校准的截图：请在训练时保留一些。</translation>
    </message>
    <message>
        <source>There are no images in {folders} (other files: {others}, hidden: {hidden}).</source>
        <translation>{folders} 中没有图像（其他文件：{others}，隐藏：{hidden}）。</translation>
    </message>
    <message>
        <source>There are no images in {folders} (other files: {others}, hidden: {hidden}). Add --recursive to look into sub-folders.</source>
        <translation>{folders} 中没有图像（其他文件：{others}，隐藏：{hidden}）。添加 --recursive 可查找子文件夹。</translation>
    </message>
    <message>
        <source>There are no images in {folder}.</source>
        <translation>{folder} 中没有图像。</translation>
    </message>
    <message>
        <source>There are no images: give at least one.</source>
        <translation>没有图像：请至少提供一张。</translation>
    </message>
    <message>
        <source>There are no photographs: give a folder that holds some.</source>
        <translation>没有照片：请给出含有照片的文件夹。</translation>
    </message>
    <message>
        <source>There are {images:,} images and {groups:,} groups: give one for each.</source>
        <translation>有 {images:,} 张图像和 {groups:,} 个分组：请为每张图像提供一个分组。</translation>
    </message>
    <message>
        <source>There are {images:,} images and {labels:,} labels: give one for each.</source>
        <translation>有 {images:,} 张图像和 {labels:,} 个标签：请为每张图像提供一个标签。</translation>
    </message>
    <message>
        <source>There are {num_class_folders} class folders for {num_classes} classes: give one for each.</source>
        <translation>{num_classes} 个类别却有 {num_class_folders} 个类别文件夹：请为每个类别给出一个。</translation>
    </message>
    <message>
        <source>There is no benchmark {name}: {meant} {names}.</source>
        <translation>没有基准测试 {name}：{meant} {names}。</translation>
    </message>
    <message>
        <source>There is no camera {index}: plug it in.</source>
        <translation>没有摄像头 {index}：请将其插上。</translation>
    </message>
    <message>
        <source>There is no degradation {kind}: use {choices}.</source>
        <translation>没有退化方式 {kind}：请使用 {choices}。</translation>
    </message>
    <message>
        <source>There is no device {wanted}: use auto, cuda, mps or cpu.</source>
        <translation>没有设备 {wanted}：请使用 auto、cuda、mps 或 cpu。</translation>
    </message>
    <message>
        <source>There is no file and no bundled model {text}: `vimd model list` shows the bundled ones.</source>
        <translation>没有名为 {text} 的文件或内置模型：用 `vimd model list` 可列出内置模型。</translation>
    </message>
    <message>
        <source>There is no file and no bundled model {text}: did you mean {names}? `vimd model list` shows the bundled ones.</source>
        <translation>没有名为 {text} 的文件或内置模型：您是指 {names} 吗？用 `vimd model list` 可列出内置模型。</translation>
    </message>
    <message>
        <source>There is no file of class names {path}.</source>
        <translation>没有类别名文件 {path}。</translation>
    </message>
    <message>
        <source>There is no file or folder {path}.</source>
        <translation>文件或文件夹 {path} 不存在。</translation>
    </message>
    <message>
        <source>There is no file {path}.</source>
        <translation>文件 {path} 不存在。</translation>
    </message>
    <message>
        <source>There is no folder {data}: give one with photographs.</source>
        <translation>没有文件夹 {data}：请给出含有照片的文件夹。</translation>
    </message>
    <message>
        <source>There is no folder {folder} to write {name} to: make it first.</source>
        <translation>没有可写入 {name} 的文件夹 {folder}：请先创建。</translation>
    </message>
    <message>
        <source>There is no folder {folder}.</source>
        <translation>没有文件夹 {folder}。</translation>
    </message>
    <message>
        <source>There is no folder {path}.</source>
        <translation>没有文件夹 {path}。</translation>
    </message>
    <message>
        <source>There is no hidden-state loss {form}: use {choices}.</source>
        <translation>没有隐藏状态损失 {form}：请使用 {choices}。</translation>
    </message>
    <message>
        <source>There is no level {level} of folders here: use one of {listed}.</source>
        <translation>此处没有第 {level} 级文件夹：请使用 {listed} 之一。</translation>
    </message>
    <message>
        <source>There is no model file {path}.</source>
        <translation>模型文件 {path} 不存在。</translation>
    </message>
    <message>
        <source>There is no pace {pace}.</source>
        <translation>没有速度模式 {pace}。</translation>
    </message>
    <message>
        <source>There is no preset {name}: use {presets}.</source>
        <translation>没有预设 {name}：请使用 {presets}。</translation>
    </message>
    <message>
        <source>There is no preset {preset}: use {presets}.</source>
        <translation>没有预设 {preset}：请使用 {presets}。</translation>
    </message>
    <message>
        <source>There is no recipe {name}: give a TOML file, or one of {names}.</source>
        <translation>没有训练配方 {name}：请给出 TOML 文件，或 {names} 之一。</translation>
    </message>
    <message>
        <source>There is no scan backend {wanted}: use auto, {backends}.</source>
        <translation>没有扫描后端 {wanted}：请使用 auto、{backends}。</translation>
    </message>
    <message>
        <source>There is no setting {prefix}{key}{suggestion}</source>
        <translation>没有设置 {prefix}{key}{suggestion}</translation>
    </message>
    <message>
        <source>There is no transport {transport}.</source>
        <translation>没有传输方式 {transport}。</translation>
    </message>
    <message>
        <source>There is no trigger {trigger}.</source>
        <translation>没有触发方式 {trigger}。</translation>
    </message>
    <message>
        <source>There is no {wanted}: this machine has {count} CUDA device(s).</source>
        <translation>没有 {wanted}：本机有 {count} 个 CUDA 设备。</translation>
    </message>
    <message>
        <source>There is not enough memory for one step: make the batch smaller, or raise accumulation.</source>
        <translation>内存不够计算一步：请减小批量，或增大累积次数。</translation>
    </message>
    <message>
        <source>There is not enough memory on {device} for one capture: close other programs, or use --device cpu.</source>
        <translation>{device} 上的内存不足以处理一张图像：请关闭其他程序，或改用 CPU。</translation>
    </message>
    <message>
        <source>These classes in {folder} hold no images: {names}; fill or remove them.</source>
        <translation>{folder} 中的这些类别没有图像：{names}；请补充或删除它们。</translation>
    </message>
    <message>
        <source>This is not a description of an SRVM-Net ({reason}).</source>
        <translation>这不是 SRVM-Net 的描述（{reason}）。</translation>
    </message>
    <message>
        <source>This project has no model {model_id}: `vimd project models` lists them.</source>
        <translation>此项目没有模型 {model_id}：`vimd project models` 会列出所有模型。</translation>
    </message>
    <message>
        <source>This project has no training run {run_id}.</source>
        <translation>此项目没有训练 {run_id}。</translation>
    </message>
    <message>
        <source>Tiles must be at least 8 px wide.</source>
        <translation>图块的宽度至少为 8 px。</translation>
    </message>
    <message>
        <source>Time-outs of a source must be more than 0 s.</source>
        <translation>源的超时时间必须大于 0 s。</translation>
    </message>
    <message>
        <source>Training in several processes needs Lightning Fabric: `pip install vimd-studio[distributed]`.</source>
        <translation>多进程训练需要 Lightning Fabric：`pip install vimd-studio[distributed]`。</translation>
    </message>
    <message>
        <source>Two regions of a source have the same name.</source>
        <translation>同一个源有两个同名区域。</translation>
    </message>
    <message>
        <source>Unknown pooling {pooling}: use {choices}.</source>
        <translation>未知的池化方式 {pooling}：请使用 {choices}。</translation>
    </message>
    <message>
        <source>Unknown stem {stem}: use patch or convolutional.</source>
        <translation>未知的干层 {stem}：请使用 patch 或 convolutional。</translation>
    </message>
    <message>
        <source>Unknown super-resolution architecture {architecture}: use srresnet or light.</source>
        <translation>未知的超分辨率结构 {architecture}：请使用 srresnet 或 light。</translation>
    </message>
    <message>
        <source>Unpacking was cancelled.</source>
        <translation>已取消解压。</translation>
    </message>
    <message>
        <source>Views must be an array of the shape (number, height, width, 3), not {shape}.</source>
        <translation>视图必须是形状为 (number, height, width, 3) 的数组，而不是 {shape}。</translation>
    </message>
    <message>
        <source>Which model? `vimd project models PROJECT {action} NUMBER`.</source>
        <translation>哪个模型？`vimd project models PROJECT {action} NUMBER`。</translation>
    </message>
    <message>
        <source>A class can&apos;t be merged into itself: choose another class.</source>
        <translation>类别不能合并到自身：请另选一个。</translation>
    </message>
    <message>
        <source>A class named {holder} already exists: merge the two instead, or choose another name.</source>
        <translation>已有类别 {holder}：请合并两者，或换一个名称。</translation>
    </message>
    <message>
        <source>A class named {name} already exists: choose another name.</source>
        <translation>已有类别 {name}：请使用其他名称。</translation>
    </message>
    <message>
        <source>A label must be a class name or a class index, not {label}.</source>
        <translation>标签必须是类别名称或其在模型类别中的序号，而不是 {label}。</translation>
    </message>
    <message>
        <source>A model of this project can predict {name}: merge it into another class instead of deleting it.</source>
        <translation>此项目的某个模型会预测 {name}：请将它合并到另一个类别，而不是删除。</translation>
    </message>
    <message>
        <source>A network for images of {size} px can&apos;t be trained here: only square images are supported.</source>
        <translation>用于 {size} px 图像的网络只能直接使用：此处只能训练方形图像的网络。</translation>
    </message>
    <message>
        <source>A project can&apos;t be created in {parent} ({reason}): choose a writable folder.</source>
        <translation>无法在 {parent} 中新建项目（{reason}）：请选择您可以写入的文件夹。</translation>
    </message>
    <message>
        <source>A source named {name} already exists: choose another name.</source>
        <translation>另一个来源已名为 {name}：请选择其他名称。</translation>
    </message>
    <message>
        <source>A user name and password are required.</source>
        <translation>需要用户名和密码。</translation>
    </message>
    <message>
        <source>A {what} has an empty name: give each a name.</source>
        <translation>{what} 的名称为空：请为每一项命名。</translation>
    </message>
    <message>
        <source>All classified captures are already labelled.</source>
        <translation>模型看过的所有截图都已有标签。</translation>
    </message>
    <message>
        <source>Another training is running in {folder} ({holder}): wait for it to finish, stop it, or choose another folder with --run.</source>
        <translation>{folder} 中正在进行另一个训练（{holder}）：请等它结束或将其停止，或用 --run 选择其他文件夹。</translation>
    </message>
    <message>
        <source>Camera {index} can&apos;t be opened: it is missing, in use by another program, or access is denied.</source>
        <translation>无法打开摄像头 {index}：它不存在、正被其他程序使用或未获许可。</translation>
    </message>
    <message>
        <source>Camera {index} stopped sending frames.</source>
        <translation>摄像头 {index} 不再提供画面。</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>Captures and their features do not fit each other.</source>
        <translation>图像与其特征不匹配。</translation>
    </message>
    <message>
        <source>Captures can&apos;t be saved ({reason}): waiting to retry.</source>
        <translation>无法写入截图（{reason}）：将等待至可以写入。</translation>
    </message>
    <message>
        <source>Captures can&apos;t be saved to {path} ({reason}): waiting to retry.</source>
        <translation>无法将截图写入 {path}（{reason}）：将等待至可以写入。</translation>
    </message>
    <message>
        <source>Compiled kernels are cached in {folder} ({reasons}).</source>
        <translation>已编译的内核保存在 {folder}（{reasons}）。</translation>
    </message>
    <message>
        <source>Each class in {source} has only one image or one group of images: at least one class needs two, for validation.</source>
        <translation>{source} 中每个类别都只有一张图像或一组相关的图像：至少有一个类别需要两张（组），以便验证。</translation>
    </message>
    <message>
        <source>Enter a class name.</source>
        <translation>类别需要名称：请输入。</translation>
    </message>
    <message>
        <source>Give numbers of captures, {least} or more.</source>
        <translation>请指定图片数量，每个数量不小于 {least}。</translation>
    </message>
    <message>
        <source>Kernels are recompiled at each start ({reasons}).</source>
        <translation>每次启动都会重新编译内核（{reasons}）。</translation>
    </message>
    <message>
        <source>Label captures of at least two classes first.</source>
        <translation>请先为至少两个类别的图片添加标签。</translation>
    </message>
    <message>
        <source>Learning from labels alone: {reason}</source>
        <translation>仅从标注中学习：{reason}</translation>
    </message>
    <message>
        <source>Learning from {labels}, and from {others}.</source>
        <translation>从 {labels} 以及 {others} 中学习。</translation>
    </message>
    <message>
        <source>Moving.</source>
        <translation>这是动态图像。</translation>
    </message>
    <message>
        <source>No captures to train on.</source>
        <translation>没有可供学习的截图。</translation>
    </message>
    <message>
        <source>No decodable frame from {host} over {transport} within {seconds:g} s.</source>
        <translation>{host} 在 {seconds:g} s 内没有通过 {transport} 发送可解码的画面。</translation>
    </message>
    <message>
        <source>No frame received for {seconds:g} s.</source>
        <translation>{seconds:g} 秒内没有收到画面。</translation>
    </message>
    <message>
        <source>No frame received for {timeout_s:g} s.</source>
        <translation>{timeout_s:g} 秒内没有收到画面。</translation>
    </message>
    <message>
        <source>No input: give files, folders or archives, or a list with --paths-from.</source>
        <translation>没有指明任何内容：请给出文件、文件夹或压缩包，或用 --paths-from 给出列表。</translation>
    </message>
    <message>
        <source>No labels were given yet.</source>
        <translation>尚未提供任何标签。</translation>
    </message>
    <message>
        <source>No response from {host}, port {port}.</source>
        <translation>{host} 的端口 {port} 没有应答。</translation>
    </message>
    <message>
        <source>No response from {host}.</source>
        <translation>{host} 没有应答。</translation>
    </message>
    <message>
        <source>No training data: add --data, or a line `data = ...` to the recipe.</source>
        <translation>没有可供学习的数据：请添加 --data，或在训练配方中添加一行 `data = ...`。</translation>
    </message>
    <message>
        <source>Not enough memory for {path}: make it smaller.</source>
        <translation>{path} 所需内存超过可用内存：请缩小它。</translation>
    </message>
    <message>
        <source>Not enough memory: each batch is now processed in {parts} parts.</source>
        <translation>内存不足：现在每批分 {parts} 部分计算。</translation>
    </message>
    <message>
        <source>On captures without a label it learns what the earlier model says of them, which is right more often than the suggestions.</source>
        <translation>在未标注的图像上学习先前模型的回答，因为它比建议更常正确。</translation>
    </message>
    <message>
        <source>On captures without a label it learns what the suggestions say of them, of which about {share:.0%} are right.</source>
        <translation>在未标注的图像上学习建议所给出的类别，其中约 {share:.0%} 是正确的。</translation>
    </message>
    <message>
        <source>On captures without a label it learns what the suggestions say of them.</source>
        <translation>在未标注的图像上学习建议所给出的类别。</translation>
    </message>
    <message>
        <source>Only {count} captures are labelled or accepted: label at least {fewest} to retrain.</source>
        <translation>只有 {count} 个图块带有人工给出或确认的类别：至少标注 {fewest} 个后再重新训练。</translation>
    </message>
    <message>
        <source>Peak memory use is not available on Windows.</source>
        <translation>Windows 不提供此处可读取的进程内存峰值。</translation>
    </message>
    <message>
        <source>Permission denied: {path}.</source>
        <translation>您无权读取 {path}：请更改其权限。</translation>
    </message>
    <message>
        <source>Running on the Apple GPU, {type}, with the slow scan.</source>
        <translation>正在用 Apple GPU 以 {type} 计算，使用较慢的扫描。</translation>
    </message>
    <message>
        <source>Running on the CPU, {threads} thread, {type}.</source>
        <translation>在处理器上计算，{threads} 个线程，{type}。</translation>
    </message>
    <message>
        <source>Running on the CPU, {threads} thread, {type}; the NVIDIA GPU is not used: {reason}.</source>
        <translation>正在用处理器以 {type} 计算，{threads} 个线程；未使用本机的 NVIDIA GPU：{reason}。</translation>
    </message>
    <message>
        <source>Running on the CPU, {threads} threads, {type}.</source>
        <translation>在处理器上计算，{threads} 个线程，{type}。</translation>
    </message>
    <message>
        <source>Running on the CPU, {threads} threads, {type}; the NVIDIA GPU is not used: {reason}.</source>
        <translation>正在用处理器以 {type} 计算，{threads} 个线程；未使用本机的 NVIDIA GPU：{reason}。</translation>
    </message>
    <message>
        <source>Running on {device}, {type}, with the slow scan because {reason}.</source>
        <translation>正在用 {device} 以 {type} 计算，使用较慢的扫描，因为{reason}。</translation>
    </message>
    <message>
        <source>Running on {device}, {type}.</source>
        <translation>在 {device} 上计算，{type}。</translation>
    </message>
    <message>
        <source>Several images must be a list or an array of shape (number, height, width, 3), not {shape}: put a single image into a list.</source>
        <translation>多张图像应为列表，或形状为 (number, height, width, 3) 的数组，而不是 {shape}：请把单张图像放进列表。</translation>
    </message>
    <message>
        <source>Stopped after epoch {epoch}: no improvement in validation for {patience} epoch.</source>
        <translation>在第 {epoch} 轮后结束：{patience} 轮内验证结果没有改善。</translation>
    </message>
    <message>
        <source>Stopped after epoch {epoch}: no improvement in validation for {patience} epochs.</source>
        <translation>在第 {epoch} 轮后结束：{patience} 轮内验证结果没有改善。</translation>
    </message>
    <message>
        <source>Stopped after step {step} of {steps}: the time limit of {minutes:g} minutes is reached.</source>
        <translation>在第 {step} 步（共 {steps} 步）后结束，因为 {minutes:g} 分钟已到。</translation>
    </message>
    <message>
        <source>Stopped after step {step} of {total_steps} (epoch {epoch} of {epochs}) and saved in {run}: run the same command with --resume to continue.</source>
        <translation>已在第 {step} 步（共 {total_steps} 步，第 {epoch} 轮，共 {epochs} 轮）后停止，并保存到 {run}：用同样的命令加 --resume 即可从该处继续。</translation>
    </message>
    <message>
        <source>Stopped before training began: run the same command to start again.</source>
        <translation>在学到任何内容之前已停止：用同样的命令即可开始或继续。</translation>
    </message>
    <message>
        <source>Stopped during the comparison.</source>
        <translation>在比较模型时停止。</translation>
    </message>
    <message>
        <source>Streaming.</source>
        <translation>这是视频流。</translation>
    </message>
    <message>
        <source>Suggestions are not prepared yet.</source>
        <translation>建议尚未准备好。</translation>
    </message>
    <message>
        <source>Suggestions need labels of at least two classes: label some captures first.</source>
        <translation>建议需要至少两个类别的标注：请先标注一些图像。</translation>
    </message>
    <message>
        <source>The address contains a line break or another control character.</source>
        <translation>地址中含有换行符或其他控制字符。</translation>
    </message>
    <message>
        <source>The address contains an @ after the host, as when a password contains / ? or #. Remove the user name and password from the address, and write an @ that belongs to it as %40.</source>
        <translation>地址在主机之后含有 @，当密码含有 /、? 或 # 时就会如此。请不要在地址中写用户名和密码；属于地址本身的 @ 请写作 %40。</translation>
    </message>
    <message>
        <source>The address has no valid host: write {scheme}://host/path or {scheme}://host:8080/path, without user name and password.</source>
        <translation>无法识别地址中的主机：请写成 {scheme}://主机/路径 或 {scheme}://主机:8080/路径，不要包含用户名和密码。</translation>
    </message>
    <message>
        <source>The address of a source must not contain credentials.</source>
        <translation>来源的地址中不能包含登录信息。</translation>
    </message>
    <message>
        <source>The backup could not be restored ({reason}): free some disk space, then try again.</source>
        <translation>无法恢复备份（{reason}）：请腾出磁盘空间后重试。</translation>
    </message>
    <message>
        <source>The backup {backup} is damaged: choose another backup.</source>
        <translation>备份 {backup} 已损坏：请另选一个。</translation>
    </message>
    <message>
        <source>The captures are not in class folders: use --table or --class.</source>
        <translation>截图不在可作为类别名的文件夹中：请使用 --table 或 --class。</translation>
    </message>
    <message>
        <source>The class list names output {most}, but {path} has {num_classes} outputs: it belongs to another model.</source>
        <translation>类别列表提到输出 {most}，而 {path} 有 {num_classes} 个：它属于另一个模型。</translation>
    </message>
    <message>
        <source>The class of {path} must be a name, not {value}.</source>
        <translation>{path} 的类别必须是名称，而不是 {value}。</translation>
    </message>
    <message>
        <source>The classifier in {path} has an incompatible architecture: use the preset that it was created with.</source>
        <translation>{path} 中的分类器结构不同：请使用它所用的预设。</translation>
    </message>
    <message>
        <source>The classifier returned no prediction for this capture: classify it again.</source>
        <translation>分类器未对此图像返回预测：请重新分类。</translation>
    </message>
    <message>
        <source>The classifier stopped unexpectedly ({reason}): try again.</source>
        <translation>分类器意外停止（{reason}）：请重试。</translation>
    </message>
    <message>
        <source>The classifier stopped: try again.</source>
        <translation>分类器已停止：请重试。</translation>
    </message>
    <message>
        <source>The connection was lost, or the data received is not an image.</source>
        <translation>连接已断开，或收到的不是画面。</translation>
    </message>
    <message>
        <source>The data received is not an image.</source>
        <translation>收到的不是画面。</translation>
    </message>
    <message>
        <source>The database of the project {project} is damaged (today&apos;s backup can&apos;t be read): use File &gt; Restore backup.</source>
        <translation>项目 {project} 的数据库已损坏（无法完整读取今天的副本）：请通过“文件 &gt; 恢复备份”恢复一个备份。</translation>
    </message>
    <message>
        <source>The database of the project {project} is damaged ({reason}): restore its newest backup, {backup}, with File &gt; Restore backup. Nothing was changed.</source>
        <translation>项目 {project} 的数据库已损坏（{reason}）：请用“文件 &gt; 恢复备份”恢复最新备份 {backup}。没有做任何更改。</translation>
    </message>
    <message>
        <source>The database of the project {project} is damaged ({reason}): restore {path} from your own backup, or create a new project. Nothing was changed.</source>
        <translation>项目 {project} 的数据库已损坏（{reason}）：请从您自己的备份中恢复 {path}，或新建项目。没有做任何更改。</translation>
    </message>
    <message>
        <source>The database of the project {project} is damaged ({reason}): use File &gt; Restore backup.</source>
        <translation>项目 {project} 的数据库已损坏（{reason}）：请用“文件 &gt; 恢复备份”恢复备份。</translation>
    </message>
    <message>
        <source>The duplicate distance must be from 0 to {most}.</source>
        <translation>重复图像的距离必须在 0 到 {most} 之间。</translation>
    </message>
    <message>
        <source>The extension of {output} is not a known format: use .csv or .jsonl, or --format.</source>
        <translation>无法从 {output} 的扩展名得知格式：请使用 .csv 或 .jsonl，或 --format。</translation>
    </message>
    <message>
        <source>The features were not computed: the job was cancelled.</source>
        <translation>未计算特征：任务已取消。</translation>
    </message>
    <message>
        <source>The file of class names {path} is empty: write one name per line.</source>
        <translation>类别名文件 {path} 是空的：请每行写一个名称。</translation>
    </message>
    <message>
        <source>The file of the model {name} is damaged or was replaced ({path}): choose another model, or revert to the previous one.</source>
        <translation>模型 {name} 的文件已损坏或已被替换（{path}）：请选择其他模型，或回到以前的模型。</translation>
    </message>
    <message>
        <source>The file of the model {name} is missing ({path}): choose another model, or revert to the previous one.</source>
        <translation>模型 {name} 的文件缺失（{path}）：请选择其他模型，或回到以前的模型。</translation>
    </message>
    <message>
        <source>The file of the model {name} was changed by another command after training. Its description is valid, so it is used, and captures are classified again.</source>
        <translation>模型 {name} 的文件在训练之后被其他命令改写过；其描述相符，因此继续使用，并用它重新分类图像。</translation>
    </message>
    <message>
        <source>The file reader can&apos;t be started ({reason}): reinstall ViMD Studio.</source>
        <translation>无法启动读取文件的进程（{reason}）：请重新安装 ViMD Studio。</translation>
    </message>
    <message>
        <source>The file reader stopped unexpectedly ({reason}): the files read so far were added; add the others again.</source>
        <translation>读取文件的进程意外结束（{reason}）：已读取的文件已经添加，请重新添加其余文件。</translation>
    </message>
    <message>
        <source>The folder of a watched source can&apos;t be changed: add another source.</source>
        <translation>被监视的文件夹不能更改：请为其他文件夹添加另一个源。</translation>
    </message>
    <message>
        <source>The folder of {name} is already watched.</source>
        <translation>{name} 的文件夹已在监视中。</translation>
    </message>
    <message>
        <source>The folder {folder} can&apos;t be created ({reason}).</source>
        <translation>无法创建文件夹 {folder}（{reason}）。</translation>
    </message>
    <message>
        <source>The folder {path} no longer exists.</source>
        <translation>文件夹 {path} 已不存在。</translation>
    </message>
    <message>
        <source>The folder {save} can&apos;t be created ({reason}).</source>
        <translation>无法创建文件夹 {save}（{reason}）。</translation>
    </message>
    <message>
        <source>The gradients overflow float16 in every step: set precision to float32 and start again.</source>
        <translation>每一步的梯度都超出 float16 的范围：请把 precision 设为 float32 并重新开始。</translation>
    </message>
    <message>
        <source>The image at {host} is larger than 64 MB: download it and open the file.</source>
        <translation>{host} 上的图片超过 64 MB：请自行保存后再打开该文件。</translation>
    </message>
    <message>
        <source>The image can&apos;t be saved in {folder} ({reason}): free some disk space.</source>
        <translation>无法将图片保存到 {folder}（{reason}）：请腾出项目所在磁盘的空间。</translation>
    </message>
    <message>
        <source>The label {label} is not a class index: the model has {classes} classes, from 0.</source>
        <translation>标签 {label} 不是类别的序号：模型有 {classes} 个类别，从 0 开始。</translation>
    </message>
    <message>
        <source>The list of captures {file} can&apos;t be read ({reason}): start the training again.</source>
        <translation>无法读取图像列表 {file}（{reason}）：请重新开始训练。</translation>
    </message>
    <message>
        <source>The list of paths contains NUL characters: add -0 if they separate the paths.</source>
        <translation>路径列表含有 NUL 字符：若它们用作分隔符，请添加 -0。</translation>
    </message>
    <message>
        <source>The loss became NaN or infinite {where}: start again with a lower learning rate (for example a third) or a longer warm-up. The last checkpoint is still valid.</source>
        <translation>损失不再是数字（{where}）：请用更低的学习率（例如三分之一）或更长的预热重新开始。最后的检查点是之前保存的，仍然可用。</translation>
    </message>
    <message>
        <source>The maximum confidence of kept captures must be above 0 and at most 1.</source>
        <translation>保留截图的置信度上限必须大于 0 且不超过 1。</translation>
    </message>
    <message>
        <source>The minimum size of moving objects must be at least 2 px.</source>
        <translation>移动物体的最小尺寸至少为 2 px。</translation>
    </message>
    <message>
        <source>The model can&apos;t be added to the project ({reason}): free some disk space.</source>
        <translation>无法把模型放入项目（{reason}）：请在其磁盘上腾出空间。</translation>
    </message>
    <message>
        <source>The model file {path} contains unknown weights: {unknown}.</source>
        <translation>模型文件 {path} 含有其网络中没有的权重：{unknown}。</translation>
    </message>
    <message>
        <source>The model file {path} has no format version: copy or create it again.</source>
        <translation>模型文件 {path} 没有说明其格式版本：请重新复制或生成。</translation>
    </message>
    <message>
        <source>The model in use can&apos;t be discarded: use another model first.</source>
        <translation>不能丢弃正在使用的模型：请先启用另一个。</translation>
    </message>
    <message>
        <source>The model was not copied completely ({target}): check the disk, then try again.</source>
        <translation>模型没有完整复制（{target}）：请检查磁盘后重试。</translation>
    </message>
    <message>
        <source>The model&apos;s outputs are not finite: it can&apos;t be calibrated.</source>
        <translation>模型的预测不是数字：无法校准。</translation>
    </message>
    <message>
        <source>The network of ImageNet features {path} is damaged or another one: reinstall ViMD Studio.</source>
        <translation>ImageNet 特征网络 {path} 已损坏或不是原文件：请重新安装 ViMD Studio。</translation>
    </message>
    <message>
        <source>The network of ImageNet features {path} is missing: reinstall ViMD Studio.</source>
        <translation>缺少 ImageNet 特征网络 {path}：请重新安装 ViMD Studio。</translation>
    </message>
    <message>
        <source>The path {path} is too long for this system: shorten its names or move it up.</source>
        <translation>路径 {path} 超出系统允许的长度：请缩短名称或移到更上层的文件夹。</translation>
    </message>
    <message>
        <source>The pixel cache can&apos;t be written to {folder} ({reason}): free some disk space.</source>
        <translation>无法在 {folder} 中保存截图的像素（{reason}）：请在该处释放一些空间。</translation>
    </message>
    <message>
        <source>The pixel cache in {folder} was changed while it was written: start again.</source>
        <translation>{folder} 中的像素在写入时被更改：请重新开始。</translation>
    </message>
    <message>
        <source>The project has no model yet: open it in a window, or choose one with vimd project models.</source>
        <translation>项目还没有模型：请在窗口中打开它，或用 vimd project models 选择一个。</translation>
    </message>
    <message>
        <source>The project {folder} can&apos;t be opened ({reason}): check its drive.</source>
        <translation>无法打开项目 {folder}（{reason}）：请检查它所在的磁盘。</translation>
    </message>
    <message>
        <source>The project {folder} can&apos;t be opened ({reason}): choose a writable folder.</source>
        <translation>无法打开项目 {folder}（{reason}）：请选择您可以写入的文件夹。</translation>
    </message>
    <message>
        <source>The project {folder} can&apos;t be written ({reason}): copy it to a writable folder and open it there.</source>
        <translation>无法写入项目 {folder}（{reason}）：请将它复制到您自己的文件夹并从那里打开。</translation>
    </message>
    <message>
        <source>The project {name} was closed: open it again.</source>
        <translation>项目 {name} 已关闭：请重新打开。</translation>
    </message>
    <message>
        <source>The project {project} could not be backed up ({reason}): free some disk space, then try again.</source>
        <translation>无法备份项目 {project}（{reason}）：请腾出磁盘空间后重试。</translation>
    </message>
    <message>
        <source>The project {project} could not be read or written ({reason}): free some disk space or check that its drive is connected, then try again.</source>
        <translation>无法读写项目 {project}（{reason}）：请腾出磁盘空间或检查磁盘是否仍然连接，然后重试。</translation>
    </message>
    <message>
        <source>The project {project} is open in another window ({holder}): close that window first, or open another project.</source>
        <translation>项目 {project} 已在另一个窗口中打开（{holder}）：请先关闭它，或打开其他项目。</translation>
    </message>
    <message>
        <source>The project {project} is read-only because its database is damaged: use File &gt; Restore backup to continue.</source>
        <translation>项目 {project} 的数据库已损坏，因此只能查看：请用“文件 &gt; 恢复备份”恢复备份后再继续。</translation>
    </message>
    <message>
        <source>The project {project} is still being closed by another window ({holder}): try again in a moment.</source>
        <translation>项目 {project} 正被另一个窗口关闭（{holder}）：请稍后再打开。</translation>
    </message>
    <message>
        <source>The project {project} no longer exists ({folder}): connect its drive, open another project, or create a new one.</source>
        <translation>项目 {project} 已不存在（{folder}）：请连接其所在的驱动器、打开另一个项目，或新建一个项目。</translation>
    </message>
    <message>
        <source>The region {name} ({place}) is outside the frame of {width} x {height} px: move it.</source>
        <translation>区域 {name}（{place}）位于画面之外，画面为 {width} x {height} px：请改变其位置。</translation>
    </message>
    <message>
        <source>The report can&apos;t be written to {folder} ({reason}): free some disk space or choose another folder.</source>
        <translation>无法把报告写入 {folder}（{reason}）：请释放空间或选择其他文件夹。</translation>
    </message>
    <message>
        <source>The run folder {path} can&apos;t be created ({reason}): choose another.</source>
        <translation>无法创建训练文件夹 {path}（{reason}）：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>The run in {path} was started by another version of ViMD: start again in another folder.</source>
        <translation>{path} 中的训练由另一版本的 ViMD 启动：请在其他文件夹中重新开始。</translation>
    </message>
    <message>
        <source>The run in {path} was started with other images or labels: use those, or start again in another folder.</source>
        <translation>{path} 中的训练使用了其他图像或标签：请给出原来的，或在其他文件夹中重新开始。</translation>
    </message>
    <message>
        <source>The screen can&apos;t be captured (Wayland does not allow it).</source>
        <translation>无法读取屏幕（Wayland 不允许程序读取屏幕）。</translation>
    </message>
    <message>
        <source>The screen can&apos;t be captured (the region is outside the screen).</source>
        <translation>无法读取屏幕（该区域不存在）。</translation>
    </message>
    <message>
        <source>The screen can&apos;t be captured ({reason}).</source>
        <translation>无法读取屏幕（{reason}）。</translation>
    </message>
    <message>
        <source>The server&apos;s video can&apos;t be decoded.</source>
        <translation>服务器发送的不是可解码的视频。</translation>
    </message>
    <message>
        <source>The source is already open.</source>
        <translation>源已经打开。</translation>
    </message>
    <message>
        <source>The student&apos;s answers can&apos;t be written to {file} ({reason}): free some disk space.</source>
        <translation>无法将学生模型的回答写入 {file}（{reason}）：请释放磁盘空间。</translation>
    </message>
    <message>
        <source>The super-resolution network of {path} has an incompatible architecture: use the preset it was created with, or add --srresnet.</source>
        <translation>{path} 的超分辨率网络结构不同：请使用它所用的预设，或添加 --srresnet。</translation>
    </message>
    <message>
        <source>The super-resolution network {init} has an incompatible architecture for the preset {preset}.</source>
        <translation>{init} 是超分辨率网络，但其结构与预设 {preset} 不同。</translation>
    </message>
    <message>
        <source>The teacher&apos;s answers can&apos;t be written to {folder} ({reason}): free some disk space.</source>
        <translation>无法将教师模型的回答写入 {folder}（{reason}）：请释放磁盘空间。</translation>
    </message>
    <message>
        <source>The training can&apos;t be started ({reason}): reinstall ViMD Studio.</source>
        <translation>无法启动训练（{reason}）：请重新安装 ViMD Studio。</translation>
    </message>
    <message>
        <source>The training folder {folder} can&apos;t be written ({reason}): free some disk space.</source>
        <translation>无法写入训练文件夹 {folder}（{reason}）：请在其磁盘上腾出空间。</translation>
    </message>
    <message>
        <source>The training was interrupted: it can be resumed from the last checkpoint.</source>
        <translation>训练被中断：可以从保存处继续。</translation>
    </message>
    <message>
        <source>The training was stopped. Its progress is saved and it can be resumed.</source>
        <translation>训练已停止；所有内容均已保存，可以继续训练。</translation>
    </message>
    <message>
        <source>There is no effort {name!r}: use quick or balanced.</source>
        <translation>没有名为 {name!r} 的训练强度：请使用 quick 或 balanced。</translation>
    </message>
    <message>
        <source>There is no image at this address of {host}: copy the address of the image itself.</source>
        <translation>{host} 的这个地址上没有图片：请复制图片本身的地址。</translation>
    </message>
    <message>
        <source>There is no precision {precision}: use auto, float32, bfloat16 or float16.</source>
        <translation>没有精度 {precision}：请使用 auto、float32、bfloat16 或 float16。</translation>
    </message>
    <message>
        <source>There is no previous model to revert to.</source>
        <translation>以前没有使用过其他模型：没有可以回到的模型。</translation>
    </message>
    <message>
        <source>These captures are not classified yet: classify them first.</source>
        <translation>模型尚未看过这些截图：请先对它们分类。</translation>
    </message>
    <message>
        <source>These classes are unknown to the model: {names}. Use the names of the model&apos;s classes ({expected}, ...).</source>
        <translation>数据中的这些类别不是模型的类别：{names}；请按模型的类别（{expected}……）命名。</translation>
    </message>
    <message>
        <source>This capture crashes the classifier ({words}) and is skipped.</source>
        <translation>此截图导致分类器崩溃（{words}）：已略过。</translation>
    </message>
    <message>
        <source>This class no longer exists: it was merged or deleted.</source>
        <translation>此类别已不存在：它已被合并或删除。</translation>
    </message>
    <message>
        <source>This installation does not include projects: give a file instead of {text}.</source>
        <translation>此安装无法找到项目中的模型：请给出文件，而不是 {text}。</translation>
    </message>
    <message>
        <source>This installation does not include projects: run pip install &apos;vimd-studio[projects]&apos; to open {path}.</source>
        <translation>此安装不支持项目：请运行 pip install &apos;vimd-studio[projects]&apos; 以打开 {path}。</translation>
    </message>
    <message>
        <source>This installation does not include projects: {folder} is skipped.</source>
        <translation>此安装无法找到项目中的模型：已略过 {folder}。</translation>
    </message>
    <message>
        <source>This is not a readable image: open an image in a browser and copy that.</source>
        <translation>这不是可读取的图片：请在浏览器中打开一张图片并复制它。</translation>
    </message>
    <message>
        <source>This project has no model yet: classify its captures once, then retrain.</source>
        <translation>此项目还没有模型：先让它对图块分类一次，之后才有可以改进的模型。</translation>
    </message>
    <message>
        <source>This run had already finished, after step {step} of {steps}.</source>
        <translation>这次训练已在第 {step} 步（共 {steps} 步）后结束。</translation>
    </message>
    <message>
        <source>This saved filter can&apos;t be read ({reason}): delete it and save it again.</source>
        <translation>无法读取此筛选（{reason}）：请删除后重新保存。</translation>
    </message>
    <message>
        <source>Training {run_id} is still running in process {process_id}: without --anew, this command waits for it and can stop it.</source>
        <translation>训练 {run_id} 仍在进程 {process_id} 中进行：不加 --anew 时，此命令会等待它并可将其停止。</translation>
    </message>
    <message>
        <source>Unexpected error ({reason}): see the log for details.</source>
        <translation>发生意外错误（{reason}）：详情请查看日志。</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>a path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>a table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>a text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>accumulation must be at least 1 and at most batch_size.</source>
        <translation>accumulation 至少为 1，且不超过 batch_size。</translation>
    </message>
    <message>
        <source>aligned_from_px must be at least 0, or -1.</source>
        <translation>aligned_from_px 至少为 0，或为 -1。</translation>
    </message>
    <message>
        <source>an annotation is of the category {category}, which is not listed</source>
        <translation>有标注属于未列出的类别 {category}</translation>
    </message>
    <message>
        <source>an annotation is of the image {image}, which is not listed</source>
        <translation>有标注属于未列出的图像 {image}</translation>
    </message>
    <message>
        <source>another process</source>
        <translation>另一个进程</translation>
    </message>
    <message>
        <source>brightness and contrast of a degradation must be below 1.</source>
        <translation>退化的 brightness 和 contrast 必须小于 1。</translation>
    </message>
    <message>
        <source>captures needs features_model: the model whose features the teacher sees.</source>
        <translation>captures 需要 features_model：教师所用特征的模型。</translation>
    </message>
    <message>
        <source>class_balance must be in [0, 1] and validation_fraction in [0, 1).</source>
        <translation>class_balance 必须在 [0, 1] 内，validation_fraction 必须在 [0, 1) 内。</translation>
    </message>
    <message>
        <source>colours of the kind {photometric} in {bits} bits</source>
        <translation>{bits} 位的 {photometric} 类型颜色</translation>
    </message>
    <message>
        <source>earlier_accuracy must be in [0, 1].</source>
        <translation>earlier_accuracy 必须在 [0, 1] 内。</translation>
    </message>
    <message>
        <source>ema_decay and drop_path must be in [0, 1).</source>
        <translation>ema_decay 和 drop_path 必须在 [0, 1) 内。</translation>
    </message>
    <message>
        <source>ema_decay must be at least 0 and below 1.</source>
        <translation>ema_decay 至少为 0 且小于 1。</translation>
    </message>
    <message>
        <source>enlarge_once is for trainings without a teacher, which would see enlarged captures.</source>
        <translation>enlarge_once 用于没有教师模型的训练，否则教师会看到放大后的截图。</translation>
    </message>
    <message>
        <source>enlarge_once needs a super-resolution network that stays as it is (sr_learning_rate 0) and bicubic degradation.</source>
        <translation>enlarge_once 需要保持不变的超分辨率网络（sr_learning_rate 为 0）和 bicubic 退化。</translation>
    </message>
    <message>
        <source>epoch_images, freeze_layers, head_epochs, patience and seed must not be negative.</source>
        <translation>epoch_images、freeze_layers、head_epochs、patience 和 seed 不能为负。</translation>
    </message>
    <message>
        <source>epochs must be at least 1 and batch_size at least 2.</source>
        <translation>epochs 至少为 1，batch_size 至少为 2。</translation>
    </message>
    <message>
        <source>freeze_layers is {freeze_layers} and the network has {num_layers} layers: freeze fewer.</source>
        <translation>freeze_layers 为 {freeze_layers}，而网络有 {num_layers} 层：请少冻结一些。</translation>
    </message>
    <message>
        <source>give --record with a file of your own</source>
        <translation>请用 --record 给出您自己的文件</translation>
    </message>
    <message>
        <source>held_back and validation are shares: at least 0, and less than 1.</source>
        <translation>held_back 和 validation 是比例：不小于 0 且小于 1。</translation>
    </message>
    <message>
        <source>hidden_form must be one of {choices}.</source>
        <translation>hidden_form 必须是 {choices} 之一。</translation>
    </message>
    <message>
        <source>image_size_px is for classifiers: a student&apos;s size is its preset&apos;s, so leave it out.</source>
        <translation>image_size_px 用于分类器：学生模型的尺寸由预设决定，请不要给出。</translation>
    </message>
    <message>
        <source>image_size_px must be one number, or two, height and width, not {size}.</source>
        <translation>image_size_px 必须是一个数字，或高和宽两个数字，而不是 {size}。</translation>
    </message>
    <message>
        <source>in epoch {epoch}</source>
        <translation>（第 {epoch} 轮）</translation>
    </message>
    <message>
        <source>it belongs to another user</source>
        <translation>它属于其他用户</translation>
    </message>
    <message>
        <source>it did not respond for {seconds:g} s</source>
        <translation>{seconds:g} 秒没有响应</translation>
    </message>
    <message>
        <source>it exited with code {code}, no output</source>
        <translation>已退出，代码 {code}，无输出</translation>
    </message>
    <message>
        <source>it has another structure</source>
        <translation>其结构不符</translation>
    </message>
    <message>
        <source>its driver did not respond</source>
        <translation>驱动程序没有响应</translation>
    </message>
    <message>
        <source>labelled_share must be in [0, 1).</source>
        <translation>labelled_share 必须在 [0, 1) 内。</translation>
    </message>
    <message>
        <source>labels must be a mapping from paths to names of classes, or the path of a table, not {kind}.</source>
        <translation>labels 必须是从路径到类别名称的映射，或表格的路径，而不是 {kind}。</translation>
    </message>
    <message>
        <source>own_features and companion_features belong together: give both or none.</source>
        <translation>own_features 与 companion_features 须同时给出或都不给出。</translation>
    </message>
    <message>
        <source>self_teaching_from must be in (0, 1].</source>
        <translation>self_teaching_from 必须在 (0, 1] 内。</translation>
    </message>
    <message>
        <source>settings must be a mapping from names with dots to values.</source>
        <translation>settings 必须是从带点的名称到值的映射。</translation>
    </message>
    <message>
        <source>the numba kernels run on the CPU, not on {device}</source>
        <translation>numba 内核在处理器上计算，而不是在 {device} 上</translation>
    </message>
    <message>
        <source>this installation of torch has no CUDA support</source>
        <translation>此 torch 安装不含 CUDA</translation>
    </message>
    <message>
        <source>torch finds no CUDA device</source>
        <translation>驱动程序没有向 torch 提供设备</translation>
    </message>
    <message>
        <source>{archive} would expand far beyond its size ({entry}): it is damaged or a decompression bomb.</source>
        <translation>{archive} 解压后会远大于其本身（{entry}）：它已损坏，或是为填满磁盘而制作的。</translation>
    </message>
    <message>
        <source>{count:,} capture without a label</source>
        <translation>{count:,} 张未标注的图像</translation>
    </message>
    <message>
        <source>{count:,} captures without a label</source>
        <translation>{count:,} 张未标注的图像</translation>
    </message>
    <message>
        <source>{count:,} label</source>
        <translation>{count:,} 个标注</translation>
    </message>
    <message>
        <source>{count:,} labels</source>
        <translation>{count:,} 个标注</translation>
    </message>
    <message>
        <source>{count} photographs are too few: {held_back} are held out for validation, and at least one more is needed for training.</source>
        <translation>{count} 张照片太少：需要保留 {held_back} 张用于验证，且至少还要一张用于学习。</translation>
    </message>
    <message>
        <source>{folder} is not a project and not empty: choose a project folder or a new name.</source>
        <translation>{folder} 不是项目，也不是空文件夹：请选择项目文件夹或使用新名称。</translation>
    </message>
    <message>
        <source>{folder} is not a project: give a project folder NAME.vimd.</source>
        <translation>{folder} 不是项目：请给出项目的文件夹 NAME.vimd。</translation>
    </message>
    <message>
        <source>{home} redirects endlessly.</source>
        <translation>{home} 不断转到其他地址。</translation>
    </message>
    <message>
        <source>{host} did not respond on port {port} within {seconds:g} s.</source>
        <translation>{host} 的端口 {port} 在 {seconds:g} s 内没有响应。</translation>
    </message>
    <message>
        <source>{host} did not respond within {seconds:g} s.</source>
        <translation>{host} 在 {seconds:g} 秒内没有应答。</translation>
    </message>
    <message>
        <source>{host} does not support RTSP on port {port}.</source>
        <translation>{host} 的端口 {port} 不支持 RTSP。</translation>
    </message>
    <message>
        <source>{host} rejected the user name or password.</source>
        <translation>{host} 拒绝了用户名或密码。</translation>
    </message>
    <message>
        <source>{host} responded with {status}.</source>
        <translation>{host} 返回 {status}。</translation>
    </message>
    <message>
        <source>{host} sent no image: {code} {reason}.</source>
        <translation>{host} 没有提供图片：它的回应是 {code} {reason}。</translation>
    </message>
    <message>
        <source>{host} takes too long to send the image: try again later.</source>
        <translation>{host} 发送图片耗时过长：请稍后重试。</translation>
    </message>
    <message>
        <source>{ids} captures, {classes} classes and {groups} groups do not fit each other.</source>
        <translation>{ids} 张图片、{classes} 个类别和 {groups} 个分组的数量不一致。</translation>
    </message>
    <message>
        <source>{name} must be a list with one for each image, not {kind}.</source>
        <translation>{name} 必须是列表，每张图像对应一项，而不是 {kind}。</translation>
    </message>
    <message>
        <source>{name} must be a path, not {kind}.</source>
        <translation>{name} 必须是路径，而不是 {kind}。</translation>
    </message>
    <message>
        <source>{name} must be a whole number, not {value}.</source>
        <translation>{name} 必须是整数，而不是 {value}。</translation>
    </message>
    <message>
        <source>{name} must be at least {least}, not {value}.</source>
        <translation>{name} 至少为 {least}，而不是 {value}。</translation>
    </message>
    <message>
        <source>{older} and {newer} have no predictions on the same held-out captures: use each of them once, then compare them.</source>
        <translation>{older} 与 {newer} 尚未对相同的留出图像给出结果：请先各使用一次，再进行比较。</translation>
    </message>
    <message>
        <source>{other} and {folder} both name the class {name}: combine them.</source>
        <translation>{other} 和 {folder} 都表示类别 {name}：请合并它们。</translation>
    </message>
    <message>
        <source>{output} already exists and was not written by this command: choose another name, or remove it first.</source>
        <translation>{output} 已存在，且不是此命令的预测结果：请选择其他名称，或先将其删除。</translation>
    </message>
    <message>
        <source>{output} already exists: choose another name, or remove it first.</source>
        <translation>{output} 已存在：请选择其他名称，或先将其删除。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be unpacked ({reason}): free some disk space.</source>
        <translation>无法解压 {path}（{reason}）：请在项目所在磁盘腾出空间。</translation>
    </message>
    <message>
        <source>{path} has no ViMD metadata: import it with `vimd model import` first.</source>
        <translation>{path} 中的权重没有 ViMD 的说明：请先用 `vimd model import` 导入。</translation>
    </message>
    <message>
        <source>{path} has {width} x {height} px and exceeds the limit of {limit:g} million pixels: crop or shrink it.</source>
        <translation>{path} 为 {width} x {height} px，超过 {limit:g} 百万像素的上限：请裁剪或缩小需要的部分。</translation>
    </message>
    <message>
        <source>{path} is a network of ImageNet features that the program uses beside models: it classifies nothing by itself.</source>
        <translation>{path} 是程序在模型之外使用的 ImageNet 特征网络：它本身不做分类。</translation>
    </message>
    <message>
        <source>{path} is empty (0 bytes): copy it again from its source.</source>
        <translation>{path} 是空文件（0 字节）：请从来源重新复制。</translation>
    </message>
    <message>
        <source>{path} is incomplete: about {percent} % of the image is missing. Copy it again from its source.</source>
        <translation>{path} 不完整：约 {percent} % 的画面缺失。请从原处重新复制。</translation>
    </message>
    <message>
        <source>{path} is incomplete: its end is missing, and perhaps some image detail. Copy it again from its source.</source>
        <translation>{path} 不完整：缺少文件末尾，画面可能少了一些细节。请从原处重新复制。</translation>
    </message>
    <message>
        <source>{path} is incomplete: its end is missing, but the image is intact. Copy it again from its source.</source>
        <translation>{path} 不完整：缺少文件末尾，但画面完整。请从原处重新复制。</translation>
    </message>
    <message>
        <source>{path} is not a safetensors file: import published .pth weights with `vimd model import` first.</source>
        <translation>{path} 不是 safetensors 文件：请先用 `vimd model import` 转换已发布的 .pth 权重。</translation>
    </message>
    <message>
        <source>{path} is not a supported label file ({reason}): use CSV or JSON Lines with path and label, or an export of COCO, Label Studio, FiftyOne or VoTT.</source>
        <translation>{path} 不是已知的标注表格（{reason}）：请使用含有 path 和 label 的 CSV 或 JSON Lines，或者 COCO、Label Studio、FiftyOne 或 VoTT 的导出文件。</translation>
    </message>
    <message>
        <source>{path} is too large for a label file.</source>
        <translation>{path} 太大，不像标注表。</translation>
    </message>
    <message>
        <source>{path} is truncated or damaged: copy it again from its source.</source>
        <translation>{path} 不完整或已损坏：请从来源重新复制。</translation>
    </message>
    <message>
        <source>{path} no longer exists: restore it or exclude it, then export again.</source>
        <translation>{path} 已不存在：请放回或排除它，然后重新导出。</translation>
    </message>
    <message>
        <source>{samples} samples per pixel</source>
        <translation>每像素 {samples} 个采样</translation>
    </message>
    <message>
        <source>{source} has no captures to train on: all are skipped or held out.</source>
        <translation>{source} 中没有可供学习的图块：全部被排除或保留。</translation>
    </message>
    <message>
        <source>{source} has only the class {name}: at least two are needed for training.</source>
        <translation>{source} 中只有类别 {name} 可供学习：至少需要两个。</translation>
    </message>
    <message>
        <source>{source} is an archive: unpack it, and give the folder that contains the class folders.</source>
        <translation>{source} 是压缩包：请解压，并给出每个类别有一个子文件夹的文件夹。</translation>
    </message>
    <message>
        <source>{target} already exists: choose another name, or add --overwrite to replace it.</source>
        <translation>{target} 已存在：请选择其他名称，或添加 --overwrite 将其替换。</translation>
    </message>
    <message>
        <source>{target} can&apos;t be written ({reason}): choose another folder or free some disk space.</source>
        <translation>无法写入 {target}（{reason}）：请另选文件夹或腾出磁盘空间。</translation>
    </message>
    <message>
        <source>{target} is inside a project folder: choose another location.</source>
        <translation>{target} 位于项目文件夹中：请选择项目之外的位置。</translation>
    </message>
    <message>
        <source>{target} redirects to an address that can&apos;t be used.</source>
        <translation>{target} 转到了无法使用的地址。</translation>
    </message>
    <message>
        <source>{text} is not a camera: write device://0 for the first camera.</source>
        <translation>{text} 没有指明摄像头：第一个请写作 device://0。</translation>
    </message>
    <message>
        <source>{text} is not a screen region: write device://screen, or device://screen/x,y,width,height.</source>
        <translation>{text} 不是屏幕的一部分：请写 device://screen 或 device://screen/x,y,宽,高。</translation>
    </message>
    <message>
        <source>{text} is on another machine: write file:///path.</source>
        <translation>{text} 在另一台计算机上：请写作 file:///path。</translation>
    </message>
    <message>
        <source>it has nothing</source>
        <translation>它是空的</translation>
    </message>
    <message>
        <source>it has {names}</source>
        <translation>它含有 {names}</translation>
    </message>
    <message>
        <source>it holds no project</source>
        <translation>其中没有项目</translation>
    </message>
    <message>
        <source>it is a pipe or a device</source>
        <translation>它是管道或设备</translation>
    </message>
    <message>
        <source>it is of another version</source>
        <translation>它属于另一个版本</translation>
    </message>
    <message>
        <source>it was ended by the system, signal {number}</source>
        <translation>被系统终止，信号 {number}</translation>
    </message>
    <message>
        <source>it was restarted</source>
        <translation>已重新启动</translation>
    </message>
    <message>
        <source>its objects have {names}</source>
        <translation>其对象含有 {names}</translation>
    </message>
    <message>
        <source>label_smoothing must be in [0, 1) and temperature above 0.</source>
        <translation>label_smoothing 必须在 [0, 1) 内，temperature 必须大于 0。</translation>
    </message>
    <message>
        <source>learning_rate and max_gradient_norm must be above 0.</source>
        <translation>learning_rate 和 max_gradient_norm 必须大于 0。</translation>
    </message>
    <message>
        <source>learning_rate must be above 0.</source>
        <translation>learning_rate 必须大于 0。</translation>
    </message>
    <message>
        <source>mamba-ssm is not installed (optional: pip install vimd-studio[cuda], Linux with nvcc)</source>
        <translation>未安装 mamba-ssm（可选：pip install vimd-studio[cuda]，需要 Linux 和 nvcc）</translation>
    </message>
    <message>
        <source>mamba-ssm lacks its selective-scan kernel ({reason}): rebuild it with MAMBA_KEEP_CUDA_BUILD=TRUE</source>
        <translation>mamba-ssm 缺少选择性扫描内核（{reason}）：请用 MAMBA_KEEP_CUDA_BUILD=TRUE 重新构建</translation>
    </message>
    <message>
        <source>mamba-ssm needs a CUDA device and there is none</source>
        <translation>mamba-ssm 需要 CUDA 设备，而本机没有</translation>
    </message>
    <message>
        <source>mamba-ssm runs on CUDA devices, not on {device}</source>
        <translation>mamba-ssm 在 CUDA 设备上计算，而不是在 {device} 上</translation>
    </message>
    <message>
        <source>meta.json adds up a loss term {term} that it does not state by itself.</source>
        <translation>meta.json 合计了一个未单独列出的损失项 {term}。</translation>
    </message>
    <message>
        <source>meta.json names a loss {name} that this version does not know.</source>
        <translation>meta.json 提到此版本不认识的损失 {name}。</translation>
    </message>
    <message>
        <source>minutes must be above 0, or 0 for no limit.</source>
        <translation>minutes 必须大于 0；0 表示没有限制。</translation>
    </message>
    <message>
        <source>no NVIDIA driver was found</source>
        <translation>找不到 NVIDIA 驱动程序</translation>
    </message>
    <message>
        <source>no active model</source>
        <translation>没有当前模型</translation>
    </message>
    <message>
        <source>no model {name}</source>
        <translation>没有模型 {name}</translation>
    </message>
    <message>
        <source>numba is not installed</source>
        <translation>未安装 numba</translation>
    </message>
    <message>
        <source>patience needs a validation: set validation_fraction above 0.</source>
        <translation>patience 需要验证：请把 validation_fraction 设为大于 0。</translation>
    </message>
    <message>
        <source>precision must be one of {choices}.</source>
        <translation>precision 必须是 {choices} 之一。</translation>
    </message>
    <message>
        <source>samples of more than 8 bits compressed with {name}</source>
        <translation>以 {name} 压缩的 8 位以上采样</translation>
    </message>
    <message>
        <source>samples of several widths or kinds in one pixel</source>
        <translation>一个像素中有多种位宽或类型的采样</translation>
    </message>
    <message>
        <source>scale must be in [0, 1).</source>
        <translation>scale 必须在 [0, 1) 内。</translation>
    </message>
    <message>
        <source>several models</source>
        <translation>多个模型</translation>
    </message>
    <message>
        <source>something in it has no {name}</source>
        <translation>其中有内容缺少 {name}</translation>
    </message>
    <message>
        <source>sr_learning_rate needs a student: a teacher has no super-resolution network.</source>
        <translation>sr_learning_rate 需要学生模型：教师模型没有超分辨率网络。</translation>
    </message>
    <message>
        <source>sr_learning_rate, weight_decay and warmup_epochs must not be negative.</source>
        <translation>sr_learning_rate、weight_decay 和 warmup_epochs 不能为负。</translation>
    </message>
    <message>
        <source>stem_blocks must be {stages} whole numbers for a stride of {stride_px} px, not {stem_blocks}.</source>
        <translation>步长为 {stride_px} px 时，stem_blocks 必须是 {stages} 个整数，而不是 {stem_blocks}。</translation>
    </message>
    <message>
        <source>symmetries.{name} must be a list of classes, each as [&quot;A&quot;], and of pairs that become each other, each as [&quot;A&quot;, &quot;B&quot;]; no class may be named twice.</source>
        <translation>symmetries.{name} 必须是列表，其中每个类别写作 [&quot;A&quot;]，互相转换的一对写作 [&quot;A&quot;, &quot;B&quot;]；每个类别只能出现一次。</translation>
    </message>
    <message>
        <source>temperature must be above 0, or 0 to find it on the held-back captures.</source>
        <translation>temperature 必须大于 0；0 表示由保留的截图求得。</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>文件是空的</translation>
    </message>
    <message>
        <source>the file is missing</source>
        <translation>文件缺失</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>upscale must be 2, 3, 4 or 8, not {upscale}.</source>
        <translation>upscale 必须是 2、3、4 或 8，而不是 {upscale}。</translation>
    </message>
    <message>
        <source>warmup_steps must be 0 or more.</source>
        <translation>warmup_steps 必须不小于 0。</translation>
    </message>
    <message>
        <source>write the calibrated one with --output FILE</source>
        <translation>请用 --output FILE 写入校准后的模型</translation>
    </message>
    <message>
        <source>{archive} can&apos;t be unpacked ({reason}).</source>
        <translation>无法解压 {archive}（{reason}）。</translation>
    </message>
    <message>
        <source>{archive} can&apos;t be unpacked ({reason}): copy it again or unpack it yourself.</source>
        <translation>无法解压 {archive}（{reason}）：请重新复制或自行解压。</translation>
    </message>
    <message>
        <source>{archive} holds more than {limit:,} images: split it.</source>
        <translation>{archive} 中的图像超过 {limit:,} 张：请拆分。</translation>
    </message>
    <message>
        <source>{archive} holds no images.</source>
        <translation>{archive} 中没有图像。</translation>
    </message>
    <message>
        <source>{count} images are too few: give at least {fewest} to retrain.</source>
        <translation>{count} 张图像太少：再训练至少需要 {fewest} 张。</translation>
    </message>
    <message>
        <source>{device} {kernels}</source>
        <translation>{device}{kernels}</translation>
    </message>
    <message>
        <source>{dotted}: {name} is a value and no table.</source>
        <translation>{dotted}：{name} 是值而不是表。</translation>
    </message>
    <message>
        <source>{file} holds {num_lr} images lr and {num_hr} images hr.</source>
        <translation>{file} 含有 {num_lr} 张 lr 图像和 {num_hr} 张 hr 图像。</translation>
    </message>
    <message>
        <source>{file} is a recipe for `vimd {meant_for}`, not for `vimd {command}`.</source>
        <translation>{file} 是用于 `vimd {meant_for}` 的训练配方，不能用于 `vimd {command}`。</translation>
    </message>
    <message>
        <source>{file} lacks {missing}: without inputs nothing can be computed.</source>
        <translation>{file} 缺少 {missing}：没有输入就无法计算。</translation>
    </message>
    <message>
        <source>{file}: {reason}</source>
        <translation>{file}：{reason}</translation>
    </message>
    <message>
        <source>{folder} already exists: choose another name.</source>
        <translation>{folder} 已存在：请选择其他名称。</translation>
    </message>
    <message>
        <source>{folder} contains a finished training ({name}): choose another folder with --run, or add --overwrite to replace it.</source>
        <translation>{folder} 中有已完成的训练（{name}）：请用 --run 选择其他文件夹，或添加 --overwrite 将其替换。</translation>
    </message>
    <message>
        <source>{folder} contains an unfinished training ({name}): add --resume to continue it, choose another folder with --run, or add --overwrite to replace it.</source>
        <translation>{folder} 中有未完成的训练（{name}）：请添加 --resume 继续，或用 --run 选择其他文件夹，或添加 --overwrite 将其替换。</translation>
    </message>
    <message>
        <source>{folder} has no sub-folders: put the captures of each class into a folder of its own.</source>
        <translation>{folder} 中没有子文件夹：请把每个类别的截图放进各自的文件夹。</translation>
    </message>
    <message>
        <source>{folder} has only the class {classes}: at least two are needed.</source>
        <translation>{folder} 中只有类别 {classes}：至少需要两个。</translation>
    </message>
    <message>
        <source>{folder} has {problem}: give the number of one of {listed}.</source>
        <translation>{folder} 中{problem}：请给出 {listed} 之一的编号。</translation>
    </message>
    <message>
        <source>{folder} holds a finished training: choose another folder.</source>
        <translation>{folder} 中已有完成的训练：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>{folder} holds a report ({name}): choose another folder with --report, or add --overwrite to replace it.</source>
        <translation>{folder} 中已有报告（{name}）：请用 --report 选择其他文件夹，或添加 --overwrite 将其替换。</translation>
    </message>
    <message>
        <source>{folder} holds {classes}, which are splits and no classes: give one of them, or a manifest with a column split.</source>
        <translation>{folder} 中的 {classes} 是数据划分而不是类别：请给出其中之一，或带有 split 列的清单。</translation>
    </message>
    <message>
        <source>{folder} is a file: give the folder that holds one sub-folder per class.</source>
        <translation>{folder} 是文件：请给出每个类别有一个子文件夹的文件夹。</translation>
    </message>
    <message>
        <source>{host} can&apos;t be reached ({text}).</source>
        <translation>无法连接 {host}（{text}）。</translation>
    </message>
    <message>
        <source>{host} could not be read (no http address): check the address and the network.</source>
        <translation>无法读取 {host}（不是 http 地址）：请检查地址和网络。</translation>
    </message>
    <message>
        <source>{host} could not be read ({reason}): check the address and the network.</source>
        <translation>无法读取 {host}（{reason}）：请检查地址和网络。</translation>
    </message>
    <message>
        <source>{host} has no stream of that name.</source>
        <translation>{host} 没有该名称的视频流。</translation>
    </message>
    <message>
        <source>{host} has nothing at that address.</source>
        <translation>{host} 在该地址上没有内容。</translation>
    </message>
    <message>
        <source>{host}, port {port}, can&apos;t be reached ({reason}).</source>
        <translation>无法连接 {host} 的端口 {port}（{reason}）。</translation>
    </message>
    <message>
        <source>{hr_name} is not {upscale} times as large as {lr_name}.</source>
        <translation>{hr_name} 的大小不是 {lr_name} 的 {upscale} 倍。</translation>
    </message>
    <message>
        <source>{hr_name} is too small to compare: {side_px} px a side are needed.</source>
        <translation>{hr_name} 太小，无法比较：每边至少需要 {side_px} px。</translation>
    </message>
    <message>
        <source>{hr} has none of the classes of {source}: its sub-folders must have the same names.</source>
        <translation>{hr} 中没有 {source} 的任何类别：子文件夹的名称必须相同。</translation>
    </message>
    <message>
        <source>{init} is a classifier alone, and the preset init needs a whole model: name a preset.</source>
        <translation>{init} 只是分类器，而预设 init 需要完整模型：请指定预设。</translation>
    </message>
    <message>
        <source>{it_is} Here the result of `vimd train-sr` is needed.</source>
        <translation>{it_is}此处需要 `vimd train-sr` 的结果。</translation>
    </message>
    <message>
        <source>{it_is} Here the result of `vimd train-teacher` or `vimd pretrain` is needed.</source>
        <translation>{it_is}此处需要 `vimd train-teacher` 或 `vimd pretrain` 的结果。</translation>
    </message>
    <message>
        <source>{model} holds no classifier alone: give the result of `vimd train-teacher` or `vimd pretrain`, or measure a whole model with `vimd evaluate`.</source>
        <translation>{model} 中没有单独的分类器：请给出 `vimd train-teacher` 或 `vimd pretrain` 的结果，或用 `vimd evaluate` 评估完整模型。</translation>
    </message>
    <message>
        <source>{model} knows {known} of {count} classes; the others start from scratch.</source>
        <translation>{model} 认识 {count} 个类别中的 {known} 个；其余从头开始。</translation>
    </message>
    <message>
        <source>{names} and {count} more</source>
        <translation>{names} 等（另有 {count} 个）</translation>
    </message>
    <message>
        <source>{name} must be a number of at least 0, not {value}.</source>
        <translation>{name} 必须是不小于 0 的数字，而不是 {value}。</translation>
    </message>
    <message>
        <source>{name} must be a whole number of at least 1, not {value}.</source>
        <translation>{name} 必须是不小于 1 的整数，而不是 {value}。</translation>
    </message>
    <message>
        <source>{name} must be at least 1.</source>
        <translation>{name} 至少为 1。</translation>
    </message>
    <message>
        <source>{name} must be in [0, 1], not {value}.</source>
        <translation>{name} 必须在 [0, 1] 内，而不是 {value}。</translation>
    </message>
    <message>
        <source>{name} must be in [0, 1].</source>
        <translation>{name} 必须在 [0, 1] 内。</translation>
    </message>
    <message>
        <source>{name} must be one of {choices}, not {value}.</source>
        <translation>{name} 必须是 {choices} 之一，而不是 {value}。</translation>
    </message>
    <message>
        <source>{name} must be {wanted}, not {value}.</source>
        <translation>{name} 必须是{wanted}，而不是 {value}。</translation>
    </message>
    <message>
        <source>{name} samples of {bits} bits</source>
        <translation>{bits} 位的 {name} 采样</translation>
    </message>
    <message>
        <source>{name}_share must be at least 0, or -1, not {share}.</source>
        <translation>{name}_share 至少为 0，或为 -1，而不是 {share}。</translation>
    </message>
    <message>
        <source>{need} {package}, which is not installed: run pip install &apos;vimd-studio[{extra}]&apos;.</source>
        <translation>{need} {package}，但尚未安装：请运行 pip install &apos;vimd-studio[{extra}]&apos;。</translation>
    </message>
    <message>
        <source>{output} can&apos;t be written ({reason}).</source>
        <translation>无法写入 {output}（{reason}）。</translation>
    </message>
    <message>
        <source>{output} is a folder: give the name of a file.</source>
        <translation>{output} 是文件夹：请给出文件名。</translation>
    </message>
    <message>
        <source>{packed} bytes are no embeddings of {count} captures with {dim} numbers.</source>
        <translation>{packed} 字节不是 {count} 张截图、每张 {dim} 个数字的特征向量。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read ({reason}).</source>
        <translation>无法读取 {path}（{reason}）。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read ({reason}): check its drive.</source>
        <translation>无法读取 {path}（{reason}）：请检查它所在的磁盘。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read ({reason}): check its permissions and its drive.</source>
        <translation>无法读取 {path}（{reason}）：请检查其权限和所在磁盘。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read ({reason}): check the file.</source>
        <translation>无法读取 {path}（{reason}）：请检查该文件。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read ({reason}): give a folder of golden vectors.</source>
        <translation>无法读取 {path}（{reason}）：请给出基准向量的文件夹。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read: give a folder of golden vectors.</source>
        <translation>无法读取 {path}：请给出基准向量的文件夹。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be written ({reason}).</source>
        <translation>无法写入 {path}（{reason}）。</translation>
    </message>
    <message>
        <source>{path} contains an unfinished run: add --resume to continue it, choose another folder, or delete {last_checkpoint} there.</source>
        <translation>{path} 中有未完成的训练：请添加 --resume 继续，选择其他文件夹，或删除其中的 {last_checkpoint}。</translation>
    </message>
    <message>
        <source>{path} contains no decodable image.</source>
        <translation>{path} 中没有可解码的画面。</translation>
    </message>
    <message>
        <source>{path} contains only zero bytes: copy it again from its source.</source>
        <translation>{path} 的内容全是零字节：请从原处重新复制。</translation>
    </message>
    <message>
        <source>{path} contains other data: choose another file, or add --append to add rows to its columns, or --overwrite to replace it.</source>
        <translation>{path} 中的内容与这些行不同：请选择其他文件，或添加 --append 在已有的列下添加行，或添加 --overwrite 重新开始。</translation>
    </message>
    <message>
        <source>{path} contains other data: choose another file, or add --overwrite to replace it.</source>
        <translation>{path} 中的内容与这些行不同：请选择其他文件，或添加 --overwrite 重新开始。</translation>
    </message>
    <message>
        <source>{path} contains {names}. ViMD reads only weights and plain values, as anything else could run code: ask the author for a safetensors file.</source>
        <translation>{path} 含有 {names}，而 ViMD 只读取权重和普通的值，因为其他内容可能会运行代码：请向作者索取 safetensors 文件。</translation>
    </message>
    <message>
        <source>{path} differs from {file_path}: choose the folder that contains the same captures.</source>
        <translation>{path} 的内容与原来的 {file_path} 不同：请选择存有相同图像的文件夹。</translation>
    </message>
    <message>
        <source>{path} does not fit the sizes in meta.json: {first}</source>
        <translation>{path} 与 meta.json 中的尺寸不符：{first}</translation>
    </message>
    <message>
        <source>{path} does not fit this network: use the preset it was made with.</source>
        <translation>{path} 与此网络不符：请使用它所用的预设。</translation>
    </message>
    <message>
        <source>{path} does not fit: give the result of `vimd train-sr` with the same preset.</source>
        <translation>{path} 不符：请给出同一预设的 `vimd train-sr` 的结果。</translation>
    </message>
    <message>
        <source>{path} exceeds the limit of {limit:g} million pixels: crop or shrink it.</source>
        <translation>{path} 超过 {limit:g} 百万像素的上限：请裁剪或缩小需要的部分。</translation>
    </message>
    <message>
        <source>{path} gives each capture several labels: one is needed.</source>
        <translation>{path} 给每张截图多个标签：只需要一个。</translation>
    </message>
    <message>
        <source>{path} has no state dict: it should be one, or hold one under {keys}.</source>
        <translation>{path} 中没有 state dict：它应当就是 state dict，或在 {keys} 下含有一个。</translation>
    </message>
    <message>
        <source>{path} has two labels, {first} and {second}: give one.</source>
        <translation>{path} 有两个标签：{first} 和 {second}，请只给一个。</translation>
    </message>
    <message>
        <source>{path} holds no labels.</source>
        <translation>{path} 中没有标注。</translation>
    </message>
    <message>
        <source>{path} holds no super-resolution network: give a model bundle or the result of `vimd train-sr`.</source>
        <translation>{path} 中没有超分辨率网络：请给出模型文件或 `vimd train-sr` 的结果。</translation>
    </message>
    <message>
        <source>{path} holds {name}, which the network does not have: use another preset.</source>
        <translation>{path} 含有网络中没有的 {name}：请使用其他预设。</translation>
    </message>
    <message>
        <source>{path} holds {other} data, not an image that can be read: use one of {formats}.</source>
        <translation>{path} 包含的是 {other} 数据，不是可读取的图像：请使用以下格式之一：{formats}。</translation>
    </message>
    <message>
        <source>{path} is a HEIC image, which this installation can&apos;t read: save it as JPEG or PNG.</source>
        <translation>{path} 是 HEIC 图像，当前安装无法读取：请另存为 JPEG 或 PNG。</translation>
    </message>
    <message>
        <source>{path} is a JPEG of {bits} bits a sample, which is not read: save it as PNG.</source>
        <translation>{path} 是每个样本 {bits} 位的 JPEG，无法读取：请另存为 PNG。</translation>
    </message>
    <message>
        <source>{path} is a circular link: remove or recreate it.</source>
        <translation>{path} 是循环链接：请删除或重新创建。</translation>
    </message>
    <message>
        <source>{path} is a classifier alone: add --srresnet with a super-resolution network.</source>
        <translation>{path} 只是分类器：请用 --srresnet 添加超分辨率网络。</translation>
    </message>
    <message>
        <source>{path} is a damaged safetensors file ({reason}): copy or download it again.</source>
        <translation>{path} 是已损坏的 safetensors 文件（{reason}）：请重新复制或下载。</translation>
    </message>
    <message>
        <source>{path} is a folder, not an image.</source>
        <translation>{path} 是文件夹，不是图像。</translation>
    </message>
    <message>
        <source>{path} is a folder: give the .safetensors file of a model.</source>
        <translation>{path} 是文件夹：请给出模型的 .safetensors 文件。</translation>
    </message>
    <message>
        <source>{path} is a folder: give the file that holds the weights.</source>
        <translation>{path} 是文件夹：请给出含有权重的文件。</translation>
    </message>
    <message>
        <source>{path} is a kind of TIFF that is not read ({kind}): save it as PNG or as TIFF of 8 or 16 bits.</source>
        <translation>{path} 是不支持的 TIFF 类型（{kind}）：请另存为 PNG 或 8 位、16 位的 TIFF。</translation>
    </message>
    <message>
        <source>{path} is a super-resolution network: use it with `vimd distill --srresnet`, or measure it with `vimd evaluate-sr`.</source>
        <translation>{path} 是超分辨率网络：请用于 `vimd distill --srresnet`，或用 `vimd evaluate-sr` 评估。</translation>
    </message>
    <message>
        <source>{path} is a teacher, a classifier without super-resolution: use it with `vimd distill --teacher` or --init, or measure it with `vimd evaluate-teacher`.</source>
        <translation>{path} 是教师模型，即不含超分辨率的分类器：请用于 `vimd distill --teacher` 或 --init，或用 `vimd evaluate-teacher` 评估。</translation>
    </message>
    <message>
        <source>{path} is a whole model: use it with --model, measure it with `vimd evaluate`, or start a training from it with --init.</source>
        <translation>{path} 是完整模型：请用于 --model，用 `vimd evaluate` 评估，或用 --init 由它开始训练。</translation>
    </message>
    <message>
        <source>{path} is being written by another process: stop that one, or choose another file.</source>
        <translation>另一个进程正在写入 {path}：请停止该进程，或选择其他文件。</translation>
    </message>
    <message>
        <source>{path} is coded as {name}, and this program has no decoder for {name}: convert it to H.264.</source>
        <translation>{path} 采用 {name} 编码，本程序没有 {name} 解码器：请转换为 H.264。</translation>
    </message>
    <message>
        <source>{path} is empty (0 bytes): copy or download it again.</source>
        <translation>{path} 是空的（0 字节）：请重新复制或下载。</translation>
    </message>
    <message>
        <source>{path} is empty: it needs a header with the columns path and label.</source>
        <translation>{path} 是空的：需要含有 path 和 label 列的表头。</translation>
    </message>
    <message>
        <source>{path} is neither a regular file nor a folder.</source>
        <translation>{path} 既不是普通文件也不是文件夹。</translation>
    </message>
    <message>
        <source>{path} is no teacher ({reason}): give the result of `vimd train-teacher` or `vimd pretrain`.</source>
        <translation>{path} 不是教师模型（{reason}）：请给出 `vimd train-teacher` 或 `vimd pretrain` 的结果。</translation>
    </message>
    <message>
        <source>{path} is not JSON ({reason}).</source>
        <translation>{path} 不是 JSON（{reason}）。</translation>
    </message>
    <message>
        <source>{path} is not a CSV file.</source>
        <translation>{path} 不是 CSV。</translation>
    </message>
    <message>
        <source>{path} is not a JSON label file ({reason}).</source>
        <translation>{path} 不是 JSON 标注表格（{reason}）。</translation>
    </message>
    <message>
        <source>{path} is not a decodable video.</source>
        <translation>{path} 不是可以解码的视频。</translation>
    </message>
    <message>
        <source>{path} is not a file of weights, or it is damaged: copy or download it again.</source>
        <translation>{path} 不是权重文件，或已损坏：请重新复制或下载。</translation>
    </message>
    <message>
        <source>{path} is not a regular file: copy the image to a disk first.</source>
        <translation>{path} 不是普通文件：请先将图像复制到磁盘。</translation>
    </message>
    <message>
        <source>{path} is not an image that can be read: use one of {formats}.</source>
        <translation>{path} 不是可读取的图像：请使用以下格式之一：{formats}。</translation>
    </message>
    <message>
        <source>{path} is too small: each photograph must be at least {side_px} px wide and high.</source>
        <translation>{path} 太小：每张照片的宽和高至少为 {side_px} px。</translation>
    </message>
    <message>
        <source>{path} is truncated or damaged, or a kind of {kind} that is not read: copy it again or save it as PNG.</source>
        <translation>{path} 不完整或已损坏，或者是不支持的 {kind} 类型：请重新复制，或另存为 PNG。</translation>
    </message>
    <message>
        <source>{path} lacks a size, or has a wrong one: {reason}.</source>
        <translation>{path} 缺少尺寸，或尺寸有误：{reason}。</translation>
    </message>
    <message>
        <source>{path} lacks the weight {name}: it is of another network or another preset.</source>
        <translation>{path} 缺少权重 {name}：它属于其他网络或其他预设。</translation>
    </message>
    <message>
        <source>{path} lists no captures: give it one line for each.</source>
        <translation>{path} 没有列出截图：请为每张截图写一行。</translation>
    </message>
    <message>
        <source>{path} must be a CSV with the columns id,name and a row for each class folder ({reason}).</source>
        <translation>{path} 必须是含有 id,name 两列的 CSV，每个类别文件夹一行（{reason}）。</translation>
    </message>
    <message>
        <source>{path} must be an object with sizes and losses.</source>
        <translation>{path} 必须是含有尺寸和损失的对象。</translation>
    </message>
    <message>
        <source>{path} states no total loss whose gradients could be compared.</source>
        <translation>{path} 没有给出可比较梯度的总损失。</translation>
    </message>
    <message>
        <source>{path}: {reason}</source>
        <translation>{path}：{reason}</translation>
    </message>
    <message>
        <source>{program} can&apos;t be started ({reason})</source>
        <translation>无法启动 {program}（{reason}）</translation>
    </message>
    <message>
        <source>{reason} With --ask-password they are asked for.</source>
        <translation>{reason}使用 --ask-password 时会询问它们。</translation>
    </message>
    <message>
        <source>{scheme} can&apos;t be used as a source: only {schemes} and paths are accepted.</source>
        <translation>{scheme} 不能用作来源：只接受 {schemes} 和路径。</translation>
    </message>
    <message>
        <source>{source} already names high-resolution views: omit {hr}.</source>
        <translation>{source} 自己指定了高分辨率视图：请去掉 {hr}。</translation>
    </message>
    <message>
        <source>{source} can&apos;t be packed into {target} ({reason}).</source>
        <translation>无法把 {source} 打包到 {target}（{reason}）。</translation>
    </message>
    <message>
        <source>{source} has no captures of the split {split}: use another split.</source>
        <translation>{source} 中没有划分 {split} 的图像：请使用其他划分。</translation>
    </message>
    <message>
        <source>{source} holds the unknown class {name}: its classes must be those trained on.</source>
        <translation>{source} 含有未知类别 {name}：其类别必须与训练时相同。</translation>
    </message>
    <message>
        <source>{source} is neither a folder nor a manifest: give a folder, a .csv or a .jsonl.</source>
        <translation>{source} 既不是文件夹也不是清单：请给出文件夹、.csv 或 .jsonl。</translation>
    </message>
    <message>
        <source>{target} is not empty: choose a new folder for the captures.</source>
        <translation>{target} 不是空文件夹：请为图像选择新文件夹。</translation>
    </message>
    <message>
        <source>{target} is one of the captures: choose another name.</source>
        <translation>{target} 是项目中的图像之一：请另选一个名称。</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器 (CPU)</translation>
    </message>
    <message>
        <source>NVIDIA GPU (CUDA)</source>
        <translation>NVIDIA 显卡 (CUDA)</translation>
    </message>
    <message>
        <source>Apple GPU (MPS)</source>
        <translation>Apple 显卡 (MPS)</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>System</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Automatic (fastest)</source>
        <translation>自动（最快）</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Name in history</source>
        <translation>历史记录中的名字</translation>
    </message>
    <message>
        <source>Highlight confidence below</source>
        <translation>突出显示低于此值的置信度</translation>
    </message>
    <message>
        <source>Show SR disagreement from</source>
        <translation>列出超分分歧的起点</translation>
    </message>
    <message>
        <source>Confirm changes to</source>
        <translation>更改时确认</translation>
    </message>
    <message numerus="yes">
        <source>More than %Ln capture(s)</source>
        <translation>
            <numerusform>一次超过 %Ln 张图像</numerusform>
        </translation>
    </message>
    <message>
        <source>Switch to a better model automatically if no class drops by more than</source>
        <translation>有更好的模型时自动切换，条件是各类别下降不超过</translation>
    </message>
    <message>
        <source>Check at startup (nothing is installed)</source>
        <translation>启动时检查（不会安装）</translation>
    </message>
    <message>
        <source>Updates</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Update address</source>
        <translation>更新地址</translation>
    </message>
    <message>
        <source>Restart ViMD Studio to change the language.</source>
        <translation>重启 ViMD Studio 后语言生效。</translation>
    </message>
    <message>
        <source>WINDOW</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>CLASSIFIER</source>
        <translation>分类器</translation>
    </message>
    <message>
        <source>LABELLING</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>PROGRAM</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation>默认值</translation>
    </message>
</context>
<context>
    <name>ShortcutEditor</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Search actions and shortcuts</source>
        <translation>查找命令或按键</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>新按键</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>指定</translation>
    </message>
    <message>
        <source>Restore default</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Restore all defaults</source>
        <translation>全部恢复默认</translation>
    </message>
    <message>
        <source>This shortcut is assigned to {0}. Assigning it here removes it there.</source>
        <translation>此快捷键已分配给 {0}。在此指定会将其从那里移除。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>SightingWriter</name>
    <message>
        <source>Unexpected error ({0}): see the log for details.</source>
        <translation>发生意外错误（{0}）：详情见日志。</translation>
    </message>
</context>
<context>
    <name>SourceListModel</name>
    <message>
        <source>{0} is missing: connect its drive, or use File &gt; Find moved folders.</source>
        <translation>找不到 {0}：请连接它所在的磁盘，或使用“文件 &gt; 查找已移动的文件夹”。</translation>
    </message>
    <message>
        <source>{0}, missing</source>
        <translation>{0}，找不到</translation>
    </message>
</context>
<context>
    <name>SourcePanel</name>
    <message>
        <source>Sources</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>在文件管理器中显示</translation>
    </message>
    <message>
        <source>Remove from project</source>
        <translation>从项目中移除</translation>
    </message>
</context>
<context>
    <name>StreamCommands</name>
    <message>
        <source>No system keychain is available: you will be asked for the password each time.</source>
        <translation>此系统没有可用的密钥库：每次都会询问密码。</translation>
    </message>
    <message>
        <source>{0} was added before: its regions and settings are restored.</source>
        <translation>{0} 以前监看过：其区域和设置已恢复。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln source(s) can&apos;t be read: {0}. See the Sources panel for details.</source>
        <translation>
            <numerusform>有 %Ln 个来源无法读取：{0}。原因见“来源”面板。</numerusform>
        </translation>
    </message>
    <message>
        <source>Password…</source>
        <translation>密码…</translation>
    </message>
</context>
<context>
    <name>StreamDialog</name>
    <message>
        <source>Add camera or stream</source>
        <translation>添加摄像头或视频流</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>rtsp://…, http://…, a file, a folder, or 0</source>
        <translation>rtsp://…、http://…、文件、文件夹或 0</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Captures</source>
        <translation>截取</translation>
    </message>
    <message>
        <source>RTSP over UDP</source>
        <translation>通过 UDP 传输 RTSP</translation>
    </message>
    <message>
        <source>Settings for {0}</source>
        <translation>{0} 的设置</translation>
    </message>
    <message>
        <source>From the address</source>
        <translation>取自地址</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>不变</translation>
    </message>
    <message>
        <source>Save in the system keychain</source>
        <translation>保存到系统密钥库</translation>
    </message>
    <message>
        <source>Start when the project opens</source>
        <translation>打开项目时启动</translation>
    </message>
    <message>
        <source>Play videos in real time</source>
        <translation>实时播放视频</translation>
    </message>
    <message>
        <source>The address contains an @ after the host, as when a password contains / ? or #. Remove the user name and password from the address and enter them in the fields below. Write an @ that belongs to the address as %40.</source>
        <translation>地址的主机之后出现了 @，密码中含有 /、? 或 # 时就会这样。请从地址中去掉用户名和密码，并填写到下方的对应字段中。属于地址本身的 @ 请写成 %40。</translation>
    </message>
    <message>
        <source>Video…</source>
        <translation>视频…</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Screen…</source>
        <translation>屏幕…</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>User name</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Retention</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Choose a video</source>
        <translation>选择视频</translation>
    </message>
    <message>
        <source>Choose a folder to watch</source>
        <translation>选择要监视的文件夹</translation>
    </message>
</context>
<context>
    <name>StreamList</name>
    <message>
        <source>Cameras and streams</source>
        <translation>摄像头和视频流</translation>
    </message>
    <message>
        <source>Live view</source>
        <translation>实时画面</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Capture now</source>
        <translation>立即采集</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>User name and password…</source>
        <translation>用户名和密码…</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Play again</source>
        <translation>重新播放</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>名称：</translation>
    </message>
</context>
<context>
    <name>StreamListModel</name>
    <message>
        <source>{0} × {1} px</source>
        <translation>{0} × {1} 像素</translation>
    </message>
    <message numerus="yes">
        <source>%Ln frame(s)</source>
        <translation>
            <numerusform>%Ln 帧</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s)</source>
        <translation>
            <numerusform>%Ln 张图像</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln damaged frame(s) skipped</source>
        <translation>
            <numerusform>略过 %Ln 个损坏的帧</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s) dropped: too many at once</source>
        <translation>
            <numerusform>来得太快，已放弃 %Ln 张图像</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StreamService</name>
    <message>
        <source>No project is open: use File &gt; Open project or File &gt; New project.</source>
        <translation>没有打开的项目：请通过“文件 &gt; 打开项目”打开或新建一个。</translation>
    </message>
    <message>
        <source>A source named {0} already exists: choose another name.</source>
        <translation>另一个来源已名为 {0}：请选择其他名称。</translation>
    </message>
</context>
<context>
    <name>StreamState</name>
    <message>
        <source>live, {0}/s</source>
        <translation>实时，{0} 帧/秒</translation>
    </message>
    <message>
        <source>stalled for {0} s</source>
        <translation>已停滞 {0} 秒</translation>
    </message>
    <message>
        <source>reconnecting in {0} s</source>
        <translation>{0} 秒后重新连接</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>sign-in needed</source>
        <translation>需要登录</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>不存在</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已结束</translation>
    </message>
</context>
<context>
    <name>Studio</name>
    <message>
        <source>Settings can&apos;t be saved: {0} is not writable.</source>
        <translation>无法保存设置，因为 {0} 不可写入。</translation>
    </message>
</context>
<context>
    <name>SuggestionStatus</name>
    <message>
        <source>Suggestions are learned from your labels and updated after each label.</source>
        <translation>建议根据您的标注得出，每次标注后更新。</translation>
    </message>
    <message>
        <source>Preparing suggestions…</source>
        <translation>正在准备建议…</translation>
    </message>
    <message numerus="yes">
        <source>Suggestions from %Ln label(s)</source>
        <translation>
            <numerusform>建议来自 %Ln 个标注</numerusform>
        </translation>
    </message>
    <message>
        <source>Suggestions: about {0} correct</source>
        <translation>建议：约 {0} 正确</translation>
    </message>
    <message numerus="yes">
        <source>Estimated from %Ln label(s): {0} correct, between {1} and {2} with 95 % confidence.</source>
        <translation>
            <numerusform>根据 %Ln 个标注估计：{0} 正确，95 % 置信区间为 {1} 至 {2}。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TextDialog</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>ThumbnailSize</name>
    <message>
        <source>Thumbnail size</source>
        <translation>缩略图大小</translation>
    </message>
</context>
<context>
    <name>TilePainter</name>
    <message>
        <source>Unsure</source>
        <translation>存疑</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>已排除</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Read a tile</source>
        <translation>看懂图块</translation>
    </message>
    <message>
        <source>Label with one key</source>
        <translation>一键标注</translation>
    </message>
    <message>
        <source>See what the model sees</source>
        <translation>看模型所见</translation>
    </message>
    <message>
        <source>Below each capture are the prediction and its confidence. A ring in the colour of a class is a prediction, a full dot is your label. SR≠ means that super-resolution changed the prediction.</source>
        <translation>每张图像下方是预测及其置信度。类别颜色的圆环表示预测，实心圆点表示您的标注；SR≠ 表示超分辨率改变了预测。</translation>
    </message>
    <message>
        <source>Press Enter to accept the prediction, 1 to 5 to choose another, or / to search for any class. The next capture is selected automatically. Press Ctrl+Z to undo.</source>
        <translation>按回车接受预测，按 1 到 5 选择其他预测，按 / 搜索任意类别。随后自动转到下一张图像。按 Ctrl+Z 撤销。</translation>
    </message>
    <message>
        <source>The inspector shows the capture next to its super-resolved view. The Review menu finds the captures most worth checking, and Ctrl+K finds any action.</source>
        <translation>检查器并排显示图像及其超分辨率视图。“审核”菜单列出最值得查看的图像，Ctrl+K 可查找任何命令。</translation>
    </message>
    <message>
        <source>S&amp;kip</source>
        <translation>跳过(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Start labelling</source>
        <translation>开始标注(&amp;S)</translation>
    </message>
    <message>
        <source>Ne&amp;xt</source>
        <translation>下一步(&amp;X)</translation>
    </message>
</context>
<context>
    <name>TrainingCommands</name>
    <message>
        <source>The training of {0} was interrupted. Its progress is saved.</source>
        <translation>{0} 的训练尚未完成：此前的进展均已保存。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message numerus="yes">
        <source>%Ln capture(s) labelled since the last training. Retrain to improve the model.</source>
        <translation>
            <numerusform>自上次训练以来新标注了 %Ln 张图像。重新训练可改进模型。</numerusform>
        </translation>
    </message>
    <message>
        <source>Retrain…</source>
        <translation>重新训练…</translation>
    </message>
</context>
<context>
    <name>TrainingPanel</name>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>No training yet</source>
        <translation>还没有训练</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Training progress</source>
        <translation>训练进度</translation>
    </message>
    <message>
        <source>Training log</source>
        <translation>训练日志</translation>
    </message>
    <message>
        <source>Save and stop for now; you can resume later</source>
        <translation>保存并暂停；以后可以继续</translation>
    </message>
    <message>
        <source>Cancel this training; the model in use is not changed</source>
        <translation>取消此次训练；在用的模型不变</translation>
    </message>
    <message>
        <source>Label some captures, then use Tools &gt; Retrain to improve the model.</source>
        <translation>标注一些图像，然后选择“工具 &gt; 重新训练”，用它们得到更好的模型。</translation>
    </message>
    <message>
        <source>Comparing with the model in use on held-out captures.</source>
        <translation>正在用留出的图像与在用模型比较。</translation>
    </message>
    <message>
        <source>Looking at captures for the suggestions to learn from.</source>
        <translation>正在分析图像，以得到用于学习的建议。</translation>
    </message>
    <message>
        <source>Starting: reading captures.</source>
        <translation>正在启动：读取图像。</translation>
    </message>
    <message>
        <source>Epoch {0} of {1}</source>
        <translation>第 {0} 轮，共 {1} 轮</translation>
    </message>
    <message>
        <source>{0} captures/s</source>
        <translation>{0} 个图像/秒</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>还需 {0}</translation>
    </message>
    <message>
        <source>Waiting for the other training to finish.</source>
        <translation>等待另一个训练完成。</translation>
    </message>
    <message>
        <source>Adding the new model.</source>
        <translation>正在接收新模型。</translation>
    </message>
    <message>
        <source>Paused. Progress is saved; press Resume to continue.</source>
        <translation>已暂停。进度已保存，按“继续”恢复训练。</translation>
    </message>
    <message>
        <source>Finished. The new model is in Tools &gt; Models.</source>
        <translation>已完成：新模型列在“工具 &gt; 模型”中。</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
</context>
<context>
    <name>TrainingQuestions</name>
    <message>
        <source>Training in progress</source>
        <translation>训练正在进行</translation>
    </message>
    <message>
        <source>Keep training in the background?</source>
        <translation>要在后台继续训练吗？</translation>
    </message>
    <message>
        <source>Background training appears again at the next start. Paused training can be resumed later.</source>
        <translation>后台训练会在下次启动时重新显示。暂停的训练可以稍后恢复。</translation>
    </message>
    <message>
        <source>Keep training</source>
        <translation>继续训练</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
</context>
<context>
    <name>TrainingRoom</name>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
</context>
<context>
    <name>Wording</name>
    <message>
        <source>frame {0}</source>
        <translation>第 {0} 帧</translation>
    </message>
    <message>
        <source>{0} of {1} predictions agree</source>
        <translation>{1} 个预测中有 {0} 个一致</translation>
    </message>
    <message>
        <source>This file no longer exists.</source>
        <translation>此文件已不存在。</translation>
    </message>
    <message>
        <source>This file</source>
        <translation>此文件</translation>
    </message>
</context>
<context>
    <name>_KeyQuestion</name>
    <message>
        <source>No key</source>
        <translation>不用快捷键</translation>
    </message>
    <message>
        <source>This key is assigned to {0}. Press another key.</source>
        <translation>此键已用于：{0}。请换一个键。</translation>
    </message>
</context>
<context>
    <name>_Offers</name>
    <message>
        <source>Create “{0}” (Shift+Enter)</source>
        <translation>新建“{0}”(Shift+Enter)</translation>
    </message>
</context>
<context>
    <name>_Rows</name>
    <message>
        <source>Matching classes</source>
        <translation>匹配的类别</translation>
    </message>
</context>
</TS>
